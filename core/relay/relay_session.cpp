#include "relay_session.h"

#include "core/catalog/endpoint.h"
#include "core/dialects/openai_chat.h"
#include "core/relay/attempt_builder.h"
#include "core/relay/record_words.h"
#include "core/relay/request_digests.h"
#include "core/routing/exhaustion.h"

#include <algorithm>
#include <utility>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

using dialects::FailureClass;

constexpr int okStatus = 200;
constexpr qsizetype maxRecordedName = 200;
/// The least that a Retry-After can say.
constexpr std::chrono::milliseconds atOnce = 1s;

QByteArray clientLeftWord()
{
    return "client_left"_ba;
}

std::chrono::microseconds microsecondsBetween(common::SteadyTime from, common::SteadyTime to)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(to - from);
}

} // namespace

RelaySession::RelaySession(
    RelayServices services,
    std::shared_ptr<const RelayConfig> config,
    RelayRequest request,
    std::shared_ptr<Downstream> downstream)
    : m_services(services)
    , m_config(std::move(config))
    , m_request(std::move(request))
    , m_downstream(std::move(downstream))
    , m_startedAt(services.clock.now())
{
    m_outcome.requestId = m_request.requestId;
    m_outcome.trace = m_request.trace;
    m_outcome.time = services.clock.wallNow();
    m_outcome.app = m_request.app.name;
    m_outcome.appVersion = m_request.app.version;
    m_outcome.askedModel = m_request.chat.model.left(maxRecordedName);
    m_outcome.stream = m_request.chat.stream;
    m_outcome.parseTime = m_request.parseTime;
}

void RelaySession::start(std::function<void()> over)
{
    m_over = std::move(over);
    m_done = m_downstream->isGone();
    m_downstream->setHandlers(
        [this] {
            if (m_attempt != nullptr) {
                m_attempt->onDrained();
            }
        },
        [this] { onClientLeft(); });
    m_services.retries.deposit();
    m_task = run();
}

void RelaySession::onClientLeft()
{
    // Its handler is running: it must not be destroyed by what follows.
    const std::shared_ptr<Downstream> keep = m_downstream;
    m_done = true;
    if (m_attempt != nullptr) {
        m_attempt->cancel();
    }
}

void RelaySession::abort()
{
    if (!m_done && m_headSent) {
        m_done = true;
        m_outcome.brokenStream = true;
        m_outcome.errorClass = "shutting_down"_ba;
        m_outcome.error = "FreeRelay is stopping; the answer is incomplete."_ba;
        m_downstream->write(
            dialects::openAiStreamError(m_outcome.error, "server_error", "shutting_down"));
        m_downstream->finish();
    } else if (!m_done) {
        replyError(
            {503, "FreeRelay is stopping."_ba, "server_error"_ba, {}, "shutting_down"_ba, 1s});
    }
    if (m_attempt != nullptr) {
        m_attempt->cancel();
    }
}

void RelaySession::checkLimits(common::SteadyTime now)
{
    if (m_attempt == nullptr) {
        return;
    }
    if (!m_attempt->isPaused()) {
        m_stalledSince.reset();
    } else if (!m_stalledSince) {
        m_stalledSince = now;
    } else if (now - *m_stalledSince > stalledReaderLimit) {
        m_done = true;
        m_downstream->abort();
        m_attempt->cancel();
        return;
    }
    m_attempt->checkLimits(now);
}

QCoro::Task<> RelaySession::run()
{
    if (!m_done) {
        if (const auto error = choose()) {
            replyError(*error);
        }
    }
    // Holds the plan that this loop goes through, whatever is planned meanwhile.
    const std::shared_ptr<const PlannedCandidates> planned = m_planned;
    while (planned && m_untried < planned->rankedCount() && !m_done) {
        const routing::Candidate &candidate = planned->plan().candidates[m_untried];
        if (isUseless(candidate)) {
            ++m_untried;
            continue;
        }
        if (!m_outcome.attempts.empty() && !mayTryNext()) {
            break;
        }
        ++m_untried;
        co_await tryCandidate(candidate);
    }
    if (!m_done) {
        replyError(finalError());
    }
    conclude();
    std::exchange(m_over, {})();
}

/// Fills the plan, or tells why there is none.
std::optional<ClientError> RelaySession::choose()
{
    if (m_config->paused) {
        return ClientError{
            503,
            "FreeRelay is paused. Resume it in the tray or with “freerelay resume”."_ba,
            "server_error"_ba,
            {},
            "paused"_ba,
            {}};
    }
    const common::SteadyTime now = m_services.clock.now();
    auto plan = makePlan(now);
    if (!plan) {
        ClientError error = toClientError(plan.error());
        error.param = "model"_ba;
        return error;
    }
    m_planned = std::move(*plan);
    if (m_planned->rankedCount() > 0) {
        return std::nullopt;
    }
    if (!m_config->keysUnreadable.isEmpty()) {
        return toClientError(
            common::Error{common::ErrorKind::KeychainUnavailable, m_config->keysUnreadable});
    }
    const routing::Exhaustion exhaustion = routing::explainExhaustion(
        m_planned->plan(), m_request.chat.model, now);
    ClientError error = toClientError(exhaustion.error);
    error.retryAfter = exhaustion.retryAfter;
    if (!exhaustion.code.isEmpty()) {
        error.code = exhaustion.code;
    }
    return error;
}

/// Decides, and records the decision.
common::Result<std::shared_ptr<const PlannedCandidates>>
RelaySession::makePlan(common::SteadyTime now)
{
    const dialects::RequestNeeds &needs = m_request.chat.needs;
    const routing::Requirements requirements{
        needs.tools,
        needs.vision,
        needs.jsonSchema,
        needs.promptTokensEstimated + needs.outputTokensRequested};
    auto plan = routing::plan(
        m_config->routingSnapshot(m_services.coolDowns),
        m_request.mode.value_or(m_config->mode),
        m_request.chat.model,
        requirements,
        now);
    if (!plan) {
        return common::failure(std::move(plan.error()));
    }
    RoutingDecision decision;
    decision.mode = plan->mode;
    decision.target = wordFor(plan->asked);
    decision.needsTools = needs.tools;
    decision.needsVision = needs.vision;
    decision.needsJsonSchema = needs.jsonSchema;
    decision.promptTokensEstimated = needs.promptTokensEstimated;
    decision.outputTokensRequested = needs.outputTokensRequested;
    decision.snapshotVersion = m_config->version;
    auto planned = std::make_shared<const PlannedCandidates>(
        *std::move(plan), m_config, PlannedCandidates::Moment{now, m_services.clock.wallNow()});
    decision.candidates = planned;
    decision.duration = m_services.clock.now() - now;
    m_outcome.decision = std::move(decision);
    return planned;
}

/// Whether an earlier attempt of this request (or another request) has shown meanwhile that the
/// candidate is of no use: the key that was rejected for one model is rejected for all.
bool RelaySession::isUseless(const routing::Candidate &candidate) const
{
    const catalog::Wire wire = catalog::wireOf(*candidate.provider, *candidate.model);
    if (std::find(m_unsayable.begin(), m_unsayable.end(), wire) != m_unsayable.end()) {
        return true;
    }
    const auto rest = m_services.coolDowns.covering(
        candidate.provider->id, candidate.key, candidate.model->id, m_services.clock.now());
    return rest && !quota::isOnlyAdvice(rest->reason);
}

bool RelaySession::mayTryNext()
{
    const common::SteadyTime now = m_services.clock.now();
    return m_mayTryOthers
        && m_outcome.attempts.size() < static_cast<std::size_t>(m_config->maxAttempts)
        && now - m_startedAt < m_config->requestDeadline && m_services.retries.withdraw(now);
}

QCoro::Task<> RelaySession::tryCandidate(routing::Candidate candidate)
{
    const AttemptBuilder builder(*m_config, m_request, m_services.clock, m_startedAt);
    auto setup = builder.build(candidate);
    if (!setup) {
        onRefusedByDialect(candidate, setup.error());
        co_return;
    }
    beginRecord(candidate);
    common::addTraceHeaders(setup->call.headers, m_request.trace, m_outcome.attempts.size());
    Attempt attempt(candidate, std::move(*setup), m_services.client, m_services.clock);
    m_attempt = &attempt;
    co_await attempt.decided();
    if (attempt.failure()) {
        hideKey(candidate, attempt);
        onAttemptFailed(candidate, attempt);
    } else if (!m_request.chat.stream) {
        noteReply(candidate, attempt);
        replyWhole(attempt);
    } else {
        beginStream();
        attempt.streamTo(*m_downstream);
        co_await attempt.ended();
        hideKey(candidate, attempt);
        onStreamEnded(candidate, attempt);
        conclude();
        co_await attempt.released();
    }
    m_attempt = nullptr;
}

void RelaySession::onRefusedByDialect(
    const routing::Candidate &candidate, const common::Error &error)
{
    m_unsayable.push_back(catalog::wireOf(*candidate.provider, *candidate.model));
    dialects::ProviderFailure failure;
    failure.kind = FailureClass::BadRequest;
    failure.message = error.message.toUtf8();
    failure.param = error.param.toUtf8();
    m_tally.add(failure, candidate.provider->name);
}

void RelaySession::beginRecord(const routing::Candidate &candidate)
{
    AttemptRecord record;
    record.provider = candidate.provider->id;
    record.model = candidate.model->id;
    record.keyFingerprint = candidate.key;
    record.tier = tierWord(*candidate.provider, *candidate.model);
    m_outcome.attempts.push_back(std::move(record));
}

void RelaySession::endRecord(const Attempt &attempt)
{
    AttemptRecord &record = m_outcome.attempts.back();
    record.status = attempt.status();
    record.startedAfter = microsecondsBetween(m_startedAt, attempt.startedAt());
    record.duration = microsecondsBetween(attempt.startedAt(), m_services.clock.now());
    if (attempt.firstContentAt()) {
        record.ttft = microsecondsBetween(attempt.startedAt(), *attempt.firstContentAt());
    }
    if (attempt.failure()) {
        record.failure = wordFor(attempt.failure()->kind);
    }
}

/// What a provider says of a key is told on to clients, logs and records; the key is not.
void RelaySession::hideKey(const routing::Candidate &candidate, Attempt &attempt) const
{
    const keys::Key *key = attempt.failure() ? m_config->key(candidate.provider->id, candidate.key)
                                             : nullptr;
    if (key != nullptr) {
        attempt.hideInFailure(key->secret);
    }
}

void RelaySession::onAttemptFailed(const routing::Candidate &candidate, const Attempt &attempt)
{
    endRecord(attempt);
    m_tally.add(*attempt.failure(), candidate.provider->name);
    if (m_services.failures.onFailure(candidate, *attempt.failure()) == NextStep::GiveUp) {
        m_mayTryOthers = false;
        m_tally.setFinal();
    }
}

/// What is known of a reply when it is there, or broke off.
void RelaySession::noteReply(const routing::Candidate &candidate, const Attempt &attempt)
{
    endRecord(attempt);
    m_outcome.provider = candidate.provider->id;
    m_outcome.model = candidate.model->id;
    m_outcome.keyFingerprint = candidate.key;
    m_outcome.tier = m_outcome.attempts.back().tier;
    m_outcome.paid = isPaid(*m_config, *candidate.model);
    const dialects::Usage &usage = attempt.progress().usage;
    m_outcome.promptTokens = usage.promptTokens;
    m_outcome.completionTokens = usage.completionTokens;
    m_outcome.cachedTokens = usage.cachedTokens;
    m_outcome.reasoningTokens = usage.reasoningTokens;
    m_outcome.finishReason = attempt.progress().finishReason;
    if (attempt.firstContentAt()) {
        m_outcome.ttft = microsecondsBetween(m_startedAt, *attempt.firstContentAt());
    }
    if (!attempt.failure()) {
        m_services.failures.onSuccess(candidate);
    } else if (attempt.failure()->kind != FailureClass::Cancelled) {
        m_services.failures.onFailure(candidate, *attempt.failure());
    }
}

/// Of the attempt that was made last, whether it answered or failed.
common::HeaderList RelaySession::replyHeaders() const
{
    common::HeaderList headers;
    headers.add("x-freerelay-request-id"_ba, m_request.requestId);
    headers.add(
        "x-freerelay-attempts"_ba, QByteArray::number(qulonglong(m_outcome.attempts.size())));
    if (!m_outcome.attempts.empty()) {
        headers.add("x-freerelay-provider"_ba, m_outcome.attempts.back().provider);
        headers.add("x-freerelay-model"_ba, m_outcome.attempts.back().model);
    }
    return headers;
}

void RelaySession::replyWhole(Attempt &attempt)
{
    common::HeaderList headers = replyHeaders();
    headers.add("content-type"_ba, "application/json"_ba);
    m_done = true;
    m_outcome.status = okStatus;
    m_downstream->reply(okStatus, headers, attempt.takeReply());
}

void RelaySession::beginStream()
{
    common::HeaderList headers = replyHeaders();
    headers.add("content-type"_ba, "text/event-stream; charset=utf-8"_ba);
    headers.add("cache-control"_ba, "no-cache"_ba);
    m_headSent = true;
    m_outcome.status = okStatus;
    m_downstream->beginStream(okStatus, headers);
}

void RelaySession::onStreamEnded(const routing::Candidate &candidate, const Attempt &attempt)
{
    noteReply(candidate, attempt);
    if (attempt.firstContentAt()) {
        m_outcome.streamTime = microsecondsBetween(
            *attempt.firstContentAt(), m_services.clock.now());
    }
    if (m_done) { // abort() has said so, or the client left
        if (attempt.failure() && m_outcome.errorClass.isEmpty()) {
            m_outcome.errorClass = clientLeftWord();
        }
        return;
    }
    m_done = true;
    if (attempt.failure()) {
        const ClientError error = toClientError(*attempt.failure(), candidate.provider->name);
        m_outcome.brokenStream = true;
        m_outcome.errorClass = error.errorClass();
        m_outcome.error = error.message;
        m_downstream->write(dialects::openAiStreamError(error.message, error.type, error.code));
    }
    m_downstream->finish();
}

ClientError RelaySession::finalError()
{
    const common::SteadyTime now = m_services.clock.now();
    const bool modelsNamed = m_planned
        && m_planned->plan().asked == catalog::NameTarget::Kind::Models;
    auto verdict = m_tally.verdict(comeBack(now), modelsNamed);
    if (verdict && m_mayTryOthers && now - m_startedAt >= m_config->requestDeadline) {
        ClientError late = toClientError(common::Error{
            common::ErrorKind::Timeout,
            u"No provider answered within the time for one request."_s});
        late.message += " The last one: " + verdict->message;
        return late;
    }
    if (verdict) {
        return *std::move(verdict);
    }
    // All of them began to rest between the plan and their turn.
    if (auto error = choose()) {
        return *std::move(error);
    }
    return toClientError(
        common::Error{common::ErrorKind::Unavailable, u"No provider can answer at the moment."_s});
}

/// Looks at all that could have answered, tried or not.
ComeBack RelaySession::comeBack(common::SteadyTime now) const
{
    ComeBack result;
    const auto consider = [&result, now](const std::optional<quota::CoolDown> &rest) {
        if (!rest || rest->until <= now) {
            return;
        }
        const auto wait = std::chrono::ceil<std::chrono::milliseconds>(rest->until - now);
        const bool isQuota = rest->reason == quota::CoolDownReason::RateLimited
            || rest->reason == quota::CoolDownReason::NoCredit;
        if (isQuota) {
            result.quota = std::min(result.quota.value_or(wait), wait);
        }
        if (isQuota || quota::isOnlyAdvice(rest->reason)) {
            result.any = std::min(result.any.value_or(wait), wait);
        }
    };
    if (!m_planned) {
        return result;
    }
    const routing::RoutePlan &plan = m_planned->plan();
    for (const routing::Rejection &rejection : plan.rejections) {
        consider(rejection.coolDown);
    }
    for (const routing::Candidate &candidate : plan.candidates) {
        consider(m_services.coolDowns.covering(
            candidate.provider->id, candidate.key, candidate.model->id, now));
    }
    // The attempts were used up before the candidates were: the next request may go on there.
    if (m_untried < plan.candidates.size()) {
        result.any = atOnce;
        result.quota = result.quota ? std::optional(atOnce) : std::nullopt;
    }
    return result;
}

void RelaySession::replyError(const ClientError &error)
{
    common::HeaderList headers = error.headers();
    const common::HeaderList ours = replyHeaders();
    for (const auto &[name, value] : ours.fields()) {
        headers.add(name, value);
    }
    m_done = true;
    m_outcome.status = error.status;
    m_outcome.errorClass = error.errorClass();
    m_outcome.error = error.message;
    m_downstream->reply(error.status, headers, error.body());
}

/// The client's part is over: tells the outcome and lets go of everything that is the client's.
void RelaySession::conclude()
{
    if (std::exchange(m_concluded, true)) {
        return;
    }
    if (m_downstream->isGone() && m_outcome.status == 0) {
        m_outcome.status = Outcome::clientLeft;
        m_outcome.errorClass = clientLeftWord();
    }
    if (m_outcome.attempts.size() > 1) {
        m_outcome.retryCause = m_outcome.attempts[m_outcome.attempts.size() - 2].failure;
    }
    m_outcome.error.truncate(Outcome::maxErrorBytes);
    m_outcome.digests = digestsOf(m_request.chat, m_request.app);
    m_downstream->setHandlers({}, {});
    m_outcome.duration = microsecondsBetween(m_startedAt, m_services.clock.now());
    m_services.outcomes.record(std::make_shared<const Outcome>(std::exchange(m_outcome, {})));
    m_downstream.reset();
    m_request = {};
}

} // namespace freerelay::relay
