#include "request_json.h"

#include "core/interfaces/request_query.h"

#include <QJsonArray>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::interfaces {

namespace {

using std::chrono::microseconds;

QString timeText(const QDateTime &time)
{
    return time.toUTC().toString(Qt::ISODateWithMs);
}

QJsonValue orNull(const std::optional<qint64> &number)
{
    return number ? QJsonValue(*number) : QJsonValue(QJsonValue::Null);
}

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

double milliseconds(std::chrono::nanoseconds time)
{
    // Whole microseconds: more digits would be noise of the floating point.
    constexpr double perMillisecond = 1'000.0;
    return double(std::chrono::round<microseconds>(time).count()) / perMillisecond;
}

QJsonValue orNull(const std::optional<microseconds> &time)
{
    return time ? QJsonValue(milliseconds(*time)) : QJsonValue(QJsonValue::Null);
}

QJsonObject toJson(const AttemptInfo &attempt, int number)
{
    return {
        {u"number"_s, number},
        {u"provider"_s, attempt.provider},
        {u"model"_s, attempt.model},
        {u"key_fingerprint"_s, orNull(attempt.keyFingerprint)},
        {u"tier"_s, attempt.tier},
        {u"status"_s, attempt.status == 0 ? QJsonValue() : QJsonValue(attempt.status)},
        {u"failure"_s, orNull(attempt.failure)},
        {u"started_after_ms"_s, milliseconds(attempt.startedAfter)},
        {u"ttft_ms"_s, orNull(attempt.ttft)},
        {u"duration_ms"_s, milliseconds(attempt.duration)}};
}

QString outcomeOf(const RequestDetails &details, const CandidateInfo &candidate)
{
    if (!candidate.disqualified.isEmpty()) {
        return u"disqualified"_s;
    }
    if (hasAnswered(details, candidate)) {
        return u"answered"_s;
    }
    return attemptAt(details, candidate) ? u"failed"_s : u"not_needed"_s;
}

QJsonObject toJson(const RequestDetails &details, const CandidateInfo &candidate, int rank)
{
    QJsonObject object{
        {u"rank"_s, rank == 0 ? QJsonValue() : QJsonValue(rank)},
        {u"provider"_s, candidate.provider},
        {u"model"_s, candidate.model},
        {u"key_fingerprint"_s, orNull(candidate.keyFingerprint)},
        {u"tier"_s, candidate.tier},
        {u"paid"_s, candidate.paid},
        {u"outcome"_s, outcomeOf(details, candidate)},
        {u"reason"_s, orNull(candidate.disqualified)}};
    if (const auto attempt = attemptAt(details, candidate)) {
        object[u"reason"_s] = orNull(details.attempts[*attempt].failure);
    }
    if (candidate.restsUntil) {
        object.insert(u"rests_until"_s, timeText(*candidate.restsUntil));
    }
    return object;
}

QJsonObject decisionJson(const RequestDetails &details)
{
    const DecisionInfo &decision = *details.decision;
    QJsonArray candidates;
    int rank = 0;
    for (const CandidateInfo &candidate : decision.candidates) {
        const bool isRanked = candidate.disqualified.isEmpty();
        candidates.append(toJson(details, candidate, isRanked ? ++rank : 0));
    }
    return {
        {u"mode"_s, decision.mode},
        {u"target"_s, decision.target},
        {u"needs_tools"_s, decision.needsTools},
        {u"needs_vision"_s, decision.needsVision},
        {u"needs_json_schema"_s, decision.needsJsonSchema},
        {u"prompt_tokens_estimated"_s, decision.promptTokensEstimated},
        {u"output_tokens_requested"_s,
         decision.outputTokensRequested == 0 ? QJsonValue()
                                             : QJsonValue(decision.outputTokensRequested)},
        {u"duration_ms"_s, milliseconds(decision.duration)},
        {u"candidates"_s, candidates}};
}

QJsonArray toJson(const std::vector<AmendmentInfo> &amendments)
{
    QJsonArray array;
    for (const AmendmentInfo &amendment : amendments) {
        array.append(QJsonObject{
            {u"kind"_s, amendment.kind},
            {u"time"_s, timeText(amendment.time)},
            {u"after_ms"_s, milliseconds(amendment.after)},
            {u"by_request"_s, orNull(amendment.otherRequestId)}});
    }
    return array;
}

QJsonObject toJson(const RequestTexts &texts)
{
    return {
        {u"prompt"_s, texts.prompt},
        {u"prompt_cut"_s, texts.promptCut},
        {u"answer"_s, texts.answer},
        {u"answer_cut"_s, texts.answerCut}};
}

QJsonObject toJson(const StatsFigures &figures)
{
    const auto mean = [](microseconds sum, qint64 count) {
        return count == 0 ? QJsonValue() : QJsonValue(milliseconds(sum / count));
    };
    return {
        {u"requests"_s, figures.requests},
        {u"failed"_s, figures.failed},
        {u"client_left"_s, figures.clientLeft},
        {u"streams"_s, figures.streams},
        {u"attempts"_s, figures.attempts},
        {u"failed_attempts"_s, figures.failedAttempts},
        {u"prompt_tokens"_s, figures.promptTokens},
        {u"completion_tokens"_s, figures.completionTokens},
        {u"cached_tokens"_s, figures.cachedTokens},
        {u"reasoning_tokens"_s, figures.reasoningTokens},
        {u"unmetered"_s, figures.unmetered},
        {u"retried"_s, figures.retried},
        {u"regenerated"_s, figures.regenerated},
        {u"mean_duration_ms"_s, mean(figures.durations, figures.requests)},
        {u"mean_ttft_ms"_s, mean(figures.ttfts, figures.ttftCount)},
        {u"p50_ttft_ms"_s, orNull(figures.ttftP50)},
        {u"p95_ttft_ms"_s, orNull(figures.ttftP95)},
        {u"p99_ttft_ms"_s, orNull(figures.ttftP99)}};
}

QJsonArray toJson(const QString &kind, const std::vector<StatsFigures> &rows)
{
    QJsonArray array;
    for (const StatsFigures &row : rows) {
        QJsonObject object = toJson(row);
        object.insert(kind, orNull(row.name));
        array.append(object);
    }
    return array;
}

QJsonArray toJson(const std::vector<StatsPoint> &points)
{
    QJsonArray array;
    for (const StatsPoint &point : points) {
        QJsonObject object = toJson(point.figures);
        object.insert(u"time"_s, timeText(point.start));
        array.append(object);
    }
    return array;
}

QJsonObject seriesJson(StatsSeries series, const RequestStats &stats)
{
    QJsonObject object{
        {u"step_s"_s, qint64(stats.step.count())}, {u"totals"_s, toJson(stats.series)}};
    if (series == StatsSeries::Totals) {
        return object;
    }
    QJsonArray lines;
    for (const StatsLine &line : stats.lines) {
        lines.append(
            QJsonObject{{toString(series), orNull(line.name)}, {u"points"_s, toJson(line.points)}});
    }
    object.insert(toString(series) + u's', lines);
    return object;
}

} // namespace

QJsonObject toJson(const RequestRow &row)
{
    const auto wholeMs = [](std::optional<std::chrono::milliseconds> time) {
        return time ? QJsonValue(qint64(time->count())) : QJsonValue();
    };
    return {
        {u"id"_s, row.requestId},
        {u"time"_s, timeText(row.time)},
        {u"app"_s, orNull(row.app)},
        {u"asked_model"_s, orNull(row.askedModel)},
        {u"provider"_s, orNull(row.provider)},
        {u"model"_s, orNull(row.model)},
        {u"status"_s, row.status},
        {u"stream"_s, row.stream},
        {u"broken_stream"_s, row.brokenStream},
        {u"failed"_s, isFailure(row)},
        {u"attempts"_s, row.attempts},
        {u"ttft_ms"_s, wholeMs(row.ttft)},
        {u"duration_ms"_s, wholeMs(row.duration)},
        {u"prompt_tokens"_s, orNull(row.promptTokens)},
        {u"completion_tokens"_s, orNull(row.completionTokens)},
        {u"error"_s, orNull(row.error)}};
}

QJsonObject toJson(const RequestPage &page)
{
    QJsonArray data;
    for (const RequestRow &row : page.rows) {
        data.append(toJson(row));
    }
    return {
        {u"object"_s, u"list"_s},
        {u"data"_s, data},
        {u"next"_s, page.next ? QJsonValue(toString(*page.next)) : QJsonValue()}};
}

QJsonObject toJson(const RequestDetails &details)
{
    QJsonObject object = toJson(details.row);
    QJsonArray attempts;
    for (const AttemptInfo &attempt : details.attempts) {
        attempts.append(toJson(attempt, int(attempts.size()) + 1));
    }
    object[u"attempts"_s] = attempts;
    object[u"ttft_ms"_s] = orNull(details.ttft);
    object[u"duration_ms"_s] = milliseconds(details.duration);
    object.insert(u"parse_ms"_s, milliseconds(details.parseTime));
    object.insert(u"stream_ms"_s, orNull(details.streamTime));
    object.insert(u"app_version"_s, orNull(details.appVersion));
    object.insert(u"process"_s, orNull(details.process));
    object.insert(
        u"cost_usd"_s,
        details.cost ? QJsonValue(double(details.cost->count) / common::microUsdPerUsd)
                     : QJsonValue());
    object.insert(u"key_fingerprint"_s, orNull(details.keyFingerprint));
    object.insert(u"tier"_s, orNull(details.tier));
    object.insert(u"paid"_s, details.paid);
    object.insert(u"finish_reason"_s, orNull(details.finishReason));
    object.insert(u"error_class"_s, orNull(details.errorClass));
    object.insert(u"retry_cause"_s, orNull(details.retryCause));
    object.insert(u"hedge_winner"_s, orNull(details.hedgeWinner));
    object.insert(u"trace_id"_s, orNull(details.traceId));
    object.insert(u"cached_tokens"_s, orNull(details.cachedTokens));
    object.insert(u"reasoning_tokens"_s, orNull(details.reasoningTokens));
    object.insert(
        u"decision"_s, details.decision ? QJsonValue(decisionJson(details)) : QJsonValue());
    object.insert(u"amendments"_s, toJson(details.amendments));
    object.insert(u"texts"_s, details.texts ? QJsonValue(toJson(*details.texts)) : QJsonValue());
    if (!details.textsProblem.isEmpty()) {
        object.insert(u"texts_problem"_s, details.textsProblem);
    }
    return object;
}

QJsonObject traceJson(const RequestDetails &details)
{
    const Trace trace = traceOf(details);
    QJsonArray steps;
    for (const TraceStep &step : trace.steps) {
        QJsonObject object{
            {u"name"_s, toString(step.kind)},
            {u"start_ms"_s, milliseconds(step.start)},
            {u"duration_ms"_s, milliseconds(step.duration)}};
        if (step.attempt) {
            const AttemptInfo &attempt = details.attempts[*step.attempt];
            const QJsonObject told = toJson(attempt, int(*step.attempt) + 1);
            for (const QString &name :
                 {u"number"_s,
                  u"provider"_s,
                  u"model"_s,
                  u"status"_s,
                  u"failure"_s,
                  u"ttft_ms"_s}) {
                object.insert(name, told.value(name));
            }
        }
        steps.append(object);
    }
    return {
        {u"id"_s, details.row.requestId},
        {u"time"_s, timeText(details.row.time)},
        {u"status"_s, details.row.status},
        {u"duration_ms"_s, milliseconds(trace.duration)},
        {u"steps"_s, steps}};
}

QJsonObject toJson(const StatsQuery &query, const RequestStats &stats)
{
    QJsonObject object{
        {u"window"_s, query.from ? QJsonValue() : QJsonValue(toString(query.window))},
        {u"from"_s, timeText(stats.from)},
        {u"to"_s, timeText(stats.until)},
        {u"totals"_s, toJson(stats.totals)},
        {u"providers"_s, toJson(u"provider"_s, stats.providers)},
        {u"models"_s, toJson(u"model"_s, stats.models)},
        {u"apps"_s, toJson(u"app"_s, stats.apps)}};
    if (query.series != StatsSeries::None) {
        object.insert(u"series"_s, seriesJson(query.series, stats));
    }
    return object;
}

QJsonObject toJson(const TextsStatus &texts)
{
    QJsonObject object{
        {u"hours"_s, qint64(texts.keep.count())},
        {u"kept"_s, qint64(texts.kept)},
        {u"dropped"_s, qint64(texts.dropped)},
        {u"oldest_until"_s,
         texts.oldestUntil ? QJsonValue(timeText(*texts.oldestUntil)) : QJsonValue()}};
    if (!texts.problem.isEmpty()) {
        object.insert(u"problem"_s, texts.problem);
    }
    return object;
}

} // namespace freerelay::interfaces
