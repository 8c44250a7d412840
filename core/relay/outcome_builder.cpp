#include "outcome_builder.h"

#include "core/relay/app_rights.h"
#include "core/relay/planned_candidates.h"
#include "core/relay/record_words.h"
#include "core/relay/request_digests.h"

#include <utility>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

constexpr qsizetype maxRecordedName = 200;

std::optional<std::int64_t> plus(std::optional<std::int64_t> count, std::int64_t more)
{
    return count ? std::optional(*count + more) : std::nullopt;
}

std::chrono::microseconds microsecondsBetween(common::SteadyTime from, common::SteadyTime to)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(to - from);
}

} // namespace

OutcomeBuilder::OutcomeBuilder(const RelayRequest &request, const common::Clock &clock)
    : m_clock(clock)
    , m_startedAt(clock.now())
{
    m_outcome.requestId = request.requestId;
    m_outcome.route = request.route;
    m_outcome.task = request.chat.task;
    m_outcome.trace = request.trace;
    m_outcome.time = clock.wallNow();
    m_outcome.app = request.app.name;
    m_outcome.appVersion = request.app.version;
    m_outcome.askedModel = request.chat.model.left(maxRecordedName);
    m_outcome.stream = request.chat.stream;
    m_outcome.parseTime = request.parseTime;
}

QByteArray OutcomeBuilder::clientLeftWord()
{
    return "client_left"_ba;
}

std::size_t OutcomeBuilder::beginAttempt(const routing::Candidate &candidate)
{
    AttemptRecord record;
    record.provider = candidate.provider->id;
    record.model = candidate.model->id;
    record.keyFingerprint = candidate.key;
    record.tier = tierWord(*candidate.provider, *candidate.model);
    m_outcome.attempts.push_back(std::move(record));
    return m_outcome.attempts.size() - 1;
}

const AttemptRecord *OutcomeBuilder::decisiveAttempt() const
{
    const std::vector<AttemptRecord> &attempts = m_outcome.attempts;
    if (attempts.empty()) {
        return nullptr;
    }
    return &attempts[m_answering.value_or(attempts.size() - 1)];
}

void OutcomeBuilder::endLostRace(std::size_t place, const Attempt &attempt)
{
    endAttempt(place, attempt);
    m_outcome.attempts[place].failure = hedgeLostWord();
}

void OutcomeBuilder::endAttempt(std::size_t place, const Attempt &attempt)
{
    AttemptRecord &record = m_outcome.attempts[place];
    record.status = attempt.status();
    record.startedAfter = microsecondsBetween(m_startedAt, attempt.startedAt());
    record.duration = microsecondsBetween(attempt.startedAt(), m_clock.now());
    if (attempt.firstContentAt()) {
        record.ttft = microsecondsBetween(attempt.startedAt(), *attempt.firstContentAt());
    }
    if (attempt.failure()) {
        record.failure = wordFor(attempt.failure()->kind);
    }
}

void OutcomeBuilder::noteReply(
    const routing::Candidate &candidate,
    const Attempt &attempt,
    const RelayConfig &config,
    dialects::TokensBefore before)
{
    m_outcome.provider = candidate.provider->id;
    m_outcome.model = candidate.model->id;
    m_outcome.keyFingerprint = candidate.key;
    m_outcome.tier = decisiveAttempt()->tier;
    m_outcome.paid = isPaid(config, *candidate.model);
    const dialects::Usage &usage = attempt.progress().usage;
    m_outcome.promptTokens = plus(usage.promptTokens, before.prompt);
    m_outcome.completionTokens = plus(usage.completionTokens, before.completion);
    m_outcome.cachedTokens = usage.cachedTokens;
    m_outcome.reasoningTokens = usage.reasoningTokens;
    m_outcome.cost = costOf(candidate.model->price, m_outcome.paid, m_outcome);
    m_outcome.finishReason = attempt.progress().finishReason;
    if (attempt.firstContentAt() && !m_outcome.ttft) {
        m_outcome.ttft = microsecondsBetween(m_startedAt, *attempt.firstContentAt());
    }
}

void OutcomeBuilder::noteStreamEnd()
{
    if (m_outcome.ttft) {
        m_outcome.streamTime = microsecondsBetween(m_startedAt + *m_outcome.ttft, m_clock.now());
    }
}

void OutcomeBuilder::noteError(const ClientError &error)
{
    m_outcome.errorClass = error.errorClass();
    m_outcome.error = error.message;
}

/// Of the attempts beside the decisive one.
QByteArray OutcomeBuilder::lastFailure() const
{
    const std::vector<AttemptRecord> &attempts = m_outcome.attempts;
    for (auto attempt = attempts.rbegin(); attempt != attempts.rend(); ++attempt) {
        if (&*attempt != decisiveAttempt()) {
            return attempt->failure;
        }
    }
    return {};
}

Hedge OutcomeBuilder::hedge() const
{
    if (!m_hedge) {
        return Hedge::None;
    }
    const std::size_t answering = m_answering.value_or(m_outcome.attempts.size());
    return answering == *m_hedge ? Hedge::Second : answering == 0 ? Hedge::First : Hedge::Unwon;
}

std::shared_ptr<const Outcome> OutcomeBuilder::finish(const RelayRequest &request, bool isGone)
{
    if (isGone && m_outcome.status == 0) {
        m_outcome.status = Outcome::clientLeft;
        noteClientLeft();
    }
    const bool isRetried = m_waited > 0ms && !m_outcome.attempts.empty();
    m_outcome.retryCause = isRetried ? "quota_wait"_ba : lastFailure();
    m_outcome.hedge = hedge();
    m_outcome.error.truncate(Outcome::maxErrorBytes);
    m_outcome.digests = digestsOf(request.chat, request.app);
    m_outcome.duration = microsecondsBetween(m_startedAt, m_clock.now());
    attribute(m_outcome, request);
    charge(request, m_outcome, m_clock.wallNow());
    return std::make_shared<const Outcome>(std::exchange(m_outcome, {}));
}

} // namespace freerelay::relay
