#include "recorded_rows.h"

namespace freerelay::services {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

interfaces::AttemptInfo toAttempt(const relay::AttemptRecord &record)
{
    return {
        QString::fromUtf8(record.provider),
        QString::fromUtf8(record.model),
        QString::fromLatin1(record.keyFingerprint),
        QString::fromLatin1(record.tier),
        record.status,
        QString::fromLatin1(record.failure),
        record.startedAfter,
        record.ttft,
        record.duration};
}

interfaces::CandidateInfo toCandidate(const relay::CandidateRecord &record)
{
    interfaces::CandidateInfo candidate{
        QString::fromUtf8(record.provider),
        QString::fromUtf8(record.model),
        QString::fromLatin1(record.keyFingerprint),
        QString::fromLatin1(record.tier),
        record.paid,
        QString::fromLatin1(record.disqualified),
        std::nullopt};
    if (record.restsUntil) {
        candidate.restsUntil = toDateTime(*record.restsUntil);
    }
    return candidate;
}

interfaces::AmendmentInfo toAmendment(const store::Amendment &record, const relay::Outcome &amended)
{
    return {
        QString::fromLatin1(record.kind),
        toDateTime(record.time),
        std::chrono::round<milliseconds>(record.time - (amended.time + amended.duration)),
        QString::fromLatin1(record.otherRequestId)};
}

interfaces::DecisionInfo toDecision(const relay::RoutingDecision &record)
{
    interfaces::DecisionInfo decision;
    decision.mode = common::toString(record.mode);
    decision.target = QString::fromLatin1(record.target);
    decision.needsTools = record.needsTools;
    decision.needsVision = record.needsVision;
    decision.needsJsonSchema = record.needsJsonSchema;
    decision.promptTokensEstimated = record.promptTokensEstimated;
    decision.outputTokensRequested = record.outputTokensRequested;
    decision.duration = record.duration;
    if (record.candidates) {
        for (const relay::CandidateRecord &candidate : record.candidates->spellOut()) {
            decision.candidates.push_back(toCandidate(candidate));
        }
    }
    return decision;
}

} // namespace

common::WallTime toWallTime(const QDateTime &time)
{
    return common::WallTime(milliseconds(time.toMSecsSinceEpoch()));
}

QDateTime toDateTime(common::WallTime time)
{
    return QDateTime::fromMSecsSinceEpoch(
        std::chrono::floor<milliseconds>(time.time_since_epoch()).count(), Qt::UTC);
}

interfaces::RequestRow toRow(const store::StoredRequest &request)
{
    const relay::Outcome &outcome = request.outcome;
    interfaces::RequestRow row;
    row.time = toDateTime(outcome.time);
    row.requestId = QString::fromLatin1(outcome.requestId);
    row.app = QString::fromUtf8(outcome.app);
    row.askedModel = QString::fromUtf8(outcome.askedModel);
    row.provider = QString::fromUtf8(outcome.provider);
    row.model = QString::fromUtf8(outcome.model);
    row.status = outcome.status;
    row.stream = outcome.stream;
    row.brokenStream = outcome.brokenStream;
    row.attempts = static_cast<int>(request.attemptCount);
    if (outcome.ttft) {
        row.ttft = std::chrono::round<milliseconds>(*outcome.ttft);
    }
    row.duration = std::chrono::round<milliseconds>(outcome.duration);
    row.promptTokens = outcome.promptTokens;
    row.completionTokens = outcome.completionTokens;
    row.error = QString::fromUtf8(outcome.error);
    return row;
}

interfaces::RequestDetails toDetails(const store::StoredRequest &request)
{
    const relay::Outcome &outcome = request.outcome;
    interfaces::RequestDetails details;
    details.row = toRow(request);
    details.appVersion = QString::fromUtf8(outcome.appVersion);
    details.process = QString::fromUtf8(outcome.process);
    if (outcome.cost) {
        details.cost = *outcome.cost;
    }
    details.keyFingerprint = QString::fromLatin1(outcome.keyFingerprint);
    details.tier = QString::fromLatin1(outcome.tier);
    details.paid = outcome.paid;
    details.finishReason = QString::fromUtf8(outcome.finishReason);
    details.errorClass = QString::fromLatin1(outcome.errorClass);
    details.retryCause = QString::fromLatin1(outcome.retryCause);
    details.hedgeWinner = QString::fromLatin1(relay::hedgeWord(outcome.hedge));
    details.traceId = QString::fromLatin1(outcome.trace.traceId);
    details.parseTime = outcome.parseTime;
    details.duration = outcome.duration;
    details.ttft = outcome.ttft;
    details.streamTime = outcome.streamTime;
    details.cachedTokens = outcome.cachedTokens;
    details.reasoningTokens = outcome.reasoningTokens;
    for (const relay::AttemptRecord &attempt : outcome.attempts) {
        details.attempts.push_back(toAttempt(attempt));
    }
    if (outcome.decision) {
        details.decision = toDecision(*outcome.decision);
    }
    for (const store::Amendment &amendment : request.amendments) {
        details.amendments.push_back(toAmendment(amendment, outcome));
    }
    return details;
}

interfaces::StatsFigures toFigures(const store::TotalsRow &row)
{
    interfaces::StatsFigures figures = toFigures(row.totals);
    figures.name = QString::fromUtf8(row.name);
    return figures;
}

interfaces::StatsFigures toFigures(const store::Totals &totals)
{
    interfaces::StatsFigures figures;
    figures.requests = totals.requests;
    figures.failed = totals.failed;
    figures.clientLeft = totals.clientLeft;
    figures.streams = totals.streams;
    figures.attempts = totals.attempts;
    figures.failedAttempts = totals.failedAttempts;
    figures.promptTokens = totals.promptTokens;
    figures.completionTokens = totals.completionTokens;
    figures.cachedTokens = totals.cachedTokens;
    figures.reasoningTokens = totals.reasoningTokens;
    figures.unmetered = totals.unmetered;
    figures.durations = microseconds(totals.durationUs);
    figures.ttfts = microseconds(totals.ttftUs);
    figures.ttftCount = totals.ttftCount;
    figures.retried = totals.retried;
    figures.regenerated = totals.regenerated;
    constexpr double half = 0.5;
    constexpr double most = 0.95;
    constexpr double nearlyAll = 0.99;
    figures.ttftP50 = totals.ttfts.quantile(half);
    figures.ttftP95 = totals.ttfts.quantile(most);
    figures.ttftP99 = totals.ttfts.quantile(nearlyAll);
    return figures;
}

interfaces::RequestTexts toTexts(const store::StoredTexts &texts)
{
    return {
        QString::fromUtf8(texts.prompt),
        texts.promptCut,
        QString::fromUtf8(texts.answer),
        texts.answerCut};
}

interfaces::TextsStatus toStatus(const store::TextStatus &status)
{
    interfaces::TextsStatus told;
    told.keep = status.keep;
    told.kept = status.kept;
    if (status.oldest) {
        told.oldestUntil = toDateTime(*status.oldest + status.keep);
    }
    told.dropped = status.dropped;
    told.problem = status.problem;
    return told;
}

store::RequestFilter toStoreFilter(const interfaces::RequestFilter &filter)
{
    using interfaces::StatusClass;
    store::RequestFilter wanted;
    wanted.provider = filter.provider.toUtf8();
    wanted.model = filter.model.toUtf8();
    wanted.app = filter.app.toUtf8();
    wanted.errorText = filter.errorText;
    if (filter.from) {
        wanted.from = toWallTime(*filter.from);
    }
    if (filter.until) {
        wanted.until = toWallTime(*filter.until);
    }
    if (filter.status) {
        wanted.status = *filter.status;
        return wanted;
    }
    switch (filter.statusClass) {
    case StatusClass::Any:
        break;
    case StatusClass::Success:
        wanted.statuses = store::StatusRange{200, 299};
        wanted.succeededOnly = true;
        break;
    case StatusClass::Failed:
        wanted.failedOnly = true;
        break;
    case StatusClass::ClientError:
        // A client that left is no failure, so its 499 is not among them.
        wanted.statuses = store::StatusRange{400, 499};
        wanted.failedOnly = true;
        break;
    case StatusClass::ServerError:
        wanted.statuses = store::StatusRange{500, 599};
        wanted.failedOnly = true;
        break;
    case StatusClass::ClientLeft:
        wanted.status = relay::Outcome::clientLeft;
        break;
    }
    return wanted;
}

} // namespace freerelay::services
