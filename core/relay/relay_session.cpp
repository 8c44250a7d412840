#include "relay_session.h"

#include "core/dialects/openai_chat.h"
#include "core/dialects/provider_dialect.h"
#include "core/routing/exhaustion.h"
#include "core/upstream/endpoint.h"

#include <algorithm>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

using dialects::FailureClass;

/// Client closed request (nginx's code); never sent, only recorded.
constexpr int clientLeft = 499;
constexpr qsizetype maxRecordedName = 200;
/// First content: long prefills on local hardware (facts/wire formats 9.9), queues elsewhere.
constexpr std::chrono::milliseconds firstContentLocal = 300s;
constexpr std::chrono::milliseconds firstContentRemote = 90s;
constexpr std::chrono::milliseconds streamTotal = 1h;

const char *wordFor(FailureClass failure)
{
    switch (failure) {
    case FailureClass::BadRequest:
        return "bad_request";
    case FailureClass::ContextTooLong:
        return "context_too_long";
    case FailureClass::KeyRejected:
        return "key_rejected";
    case FailureClass::NoCredit:
        return "no_credit";
    case FailureClass::Forbidden:
        return "forbidden";
    case FailureClass::ModelGone:
        return "model_gone";
    case FailureClass::RateLimited:
        return "rate_limited";
    case FailureClass::Overloaded:
        return "overloaded";
    case FailureClass::Timeout:
        return "timeout";
    case FailureClass::Network:
        return "network";
    case FailureClass::Malformed:
        return "malformed";
    case FailureClass::Cancelled:
        return "cancelled";
    }
    return "unknown";
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
    m_outcome.time = services.clock.wallNow();
    m_outcome.askedModel = m_request.chat.model.left(maxRecordedName);
    m_outcome.stream = m_request.chat.stream;
}

void RelaySession::start(std::function<void()> over)
{
    m_over = std::move(over);
    m_downstream->setHandlers(
        [this] {
            if (m_attempt != nullptr) {
                m_attempt->onDrained();
            }
        },
        [this] {
            m_done = true;
            if (m_attempt != nullptr) {
                m_attempt->cancel();
            }
        });
    m_services.retries.deposit();
    m_task = run();
}

void RelaySession::abort()
{
    if (m_done) {
        return;
    }
    if (m_headSent) {
        m_downstream->write(dialects::openAiStreamError(
            "FreeRelay is stopping; the answer is incomplete.", "server_error", "shutting_down"));
        m_downstream->finish();
        m_outcome.brokenStream = true;
        m_done = true;
    } else {
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
    if (const auto error = choose()) {
        replyError(*error);
    }
    for (std::size_t i = 0; i < m_plan.candidates.size() && !m_done; ++i) {
        if (isResting(m_plan.candidates[i])) {
            continue;
        }
        if (!m_outcome.attempts.empty() && !mayTryNext()) {
            break;
        }
        co_await tryCandidate(m_plan.candidates[i]);
    }
    if (!m_done) {
        replyError(finalError());
    }
    finish();
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
    const common::Mode mode = m_request.mode.value_or(m_config->mode);
    const dialects::RequestNeeds &needs = m_request.chat.needs;
    const routing::Requirements requirements{
        needs.tools,
        needs.vision,
        needs.jsonSchema,
        needs.promptTokensEstimated + needs.outputTokensRequested};
    auto plan = routing::plan(
        m_config->routingSnapshot(m_services.coolDowns),
        mode,
        m_request.chat.model,
        requirements,
        m_startedAt);
    if (!plan) {
        ClientError error = toClientError(plan.error());
        error.param = "model"_ba;
        return error;
    }
    m_plan = std::move(*plan);
    if (!m_plan.candidates.empty()) {
        return std::nullopt;
    }
    if (!m_config->keysUnreadable.isEmpty()) {
        return toClientError(
            common::Error{common::ErrorKind::KeychainUnavailable, m_config->keysUnreadable});
    }
    const routing::Exhaustion exhaustion = routing::explainExhaustion(
        m_plan, m_request.chat.model, mode, m_startedAt);
    ClientError error = toClientError(exhaustion.error);
    error.retryAfter = exhaustion.retryAfter;
    return error;
}

/// Whether an earlier attempt of this request (or another request) has shown meanwhile that the
/// candidate is of no use: the key that was rejected for one model is rejected for all.
bool RelaySession::isResting(const routing::Candidate &candidate) const
{
    const auto rest = m_services.coolDowns.covering(
        candidate.provider->id, candidate.key, candidate.model->id, m_services.clock.now());
    return rest && rest->reason != quota::CoolDownReason::Unhealthy;
}

bool RelaySession::mayTryNext()
{
    const common::SteadyTime now = m_services.clock.now();
    return m_nextStep == NextStep::TryNext
        && m_outcome.attempts.size() < static_cast<std::size_t>(m_config->maxAttempts)
        && now - m_startedAt < m_config->requestDeadline && m_services.retries.withdraw(now);
}

QCoro::Task<> RelaySession::tryCandidate(routing::Candidate candidate)
{
    auto setup = prepare(candidate);
    if (!setup) {
        m_lastFailure = dialects::ProviderFailure{
            FailureClass::BadRequest,
            0,
            setup.error().message.toUtf8(),
            {},
            {},
            setup.error().param.toUtf8()};
        m_lastProvider = candidate.provider->name;
        co_return;
    }
    Attempt attempt(candidate, std::move(*setup), m_services.client, m_services.clock);
    m_attempt = &attempt;
    co_await attempt.decided();
    if (attempt.failure()) {
        onAttemptFailed(candidate, attempt);
    } else if (!m_request.chat.stream) {
        noteSuccess(candidate, attempt);
        replyWhole(candidate, attempt);
    } else {
        beginStream(candidate);
        attempt.streamTo(*m_downstream);
        co_await attempt.ended();
        addRecord(candidate, attempt);
        if (!attempt.failure()) {
            noteSuccess(candidate, attempt);
        } else if (attempt.failure()->kind != FailureClass::Cancelled) {
            m_services.failures.onFailure(candidate, *attempt.failure());
        }
        onStreamEnded(attempt);
    }
    m_attempt = nullptr;
}

common::Result<AttemptSetup> RelaySession::prepare(const routing::Candidate &candidate) const
{
    const catalog::Provider &provider = *candidate.provider;
    const dialects::ProviderDialect *dialect = dialects::dialectFor(
        candidate.model->wire.value_or(provider.wire));
    if (dialect == nullptr) {
        return common::failure(
            common::ErrorKind::InvalidArgument,
            u"FreeRelay does not speak the wire format of this model yet."_s);
    }
    auto encoded = dialect->encode(m_request.chat, provider, *candidate.model);
    if (!encoded) {
        return common::failure(encoded.error());
    }
    AttemptSetup setup;
    setup.stream = m_request.chat.stream;
    setup.call.url = upstream::joinUrl(m_config->baseUrls.value(provider.id), encoded->path);
    setup.call.headers = std::move(encoded->headers);
    setup.call.body = std::move(encoded->body);
    setup.call.headers.add("x-freerelay-hop"_ba, m_request.hops);
    for (const auto &[name, value] : provider.headers) {
        setup.call.headers.add(name, value);
    }
    if (const keys::Key *key = m_config->key(provider.id, candidate.key)) {
        setup.call.credentialHeader = provider.authHeader;
        setup.call.credential = provider.authScheme.isEmpty()
            ? key->secret
            : common::Secret(provider.authScheme + ' ' + key->secret.reveal());
    }
    const bool local = provider.tier == catalog::Tier::Local;
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
        m_services.clock.now() - m_startedAt);
    const auto left = std::max<std::chrono::milliseconds>(m_config->requestDeadline - elapsed, 1ms);
    setup.call.limits.firstByte = left;
    setup.call.limits.total = setup.stream ? streamTotal : left;
    setup.call.limits.gap = local ? firstContentLocal : 60s;
    if (setup.stream) {
        setup.firstContentLimit = std::min(left, local ? firstContentLocal : firstContentRemote);
    }
    const auto now = m_services.clock.wallNow().time_since_epoch();
    setup.translator = dialect->translator(
        {m_request.requestId,
         candidate.model->id,
         setup.stream,
         m_request.chat.includeUsage,
         std::chrono::duration_cast<std::chrono::seconds>(now).count()});
    return setup;
}

void RelaySession::addRecord(const routing::Candidate &candidate, const Attempt &attempt)
{
    AttemptRecord record;
    record.provider = candidate.provider->id;
    record.model = candidate.model->id;
    record.keyFingerprint = candidate.key;
    record.status = attempt.status();
    record.failure = attempt.failure() ? QByteArray(wordFor(attempt.failure()->kind))
                                       : QByteArray();
    record.duration = microsecondsBetween(attempt.startedAt(), m_services.clock.now());
    m_outcome.attempts.push_back(std::move(record));
}

void RelaySession::onAttemptFailed(const routing::Candidate &candidate, const Attempt &attempt)
{
    addRecord(candidate, attempt);
    m_lastFailure = attempt.failure();
    m_lastProvider = candidate.provider->name;
    m_nextStep = m_services.failures.onFailure(candidate, *attempt.failure());
    const common::SteadyTime now = m_services.clock.now();
    const auto rest = m_services.coolDowns.covering(
        candidate.provider->id, candidate.key, candidate.model->id, now);
    if (rest && rest->reason == quota::CoolDownReason::RateLimited) {
        const auto wait = std::chrono::ceil<std::chrono::milliseconds>(rest->until - now);
        m_earliestReset = m_earliestReset ? std::min(*m_earliestReset, wait) : wait;
    }
}

void RelaySession::noteSuccess(const routing::Candidate &candidate, const Attempt &attempt)
{
    m_services.failures.onSuccess(candidate);
    m_outcome.provider = candidate.provider->id;
    m_outcome.model = candidate.model->id;
    m_outcome.promptTokens = attempt.progress().usage.promptTokens;
    m_outcome.completionTokens = attempt.progress().usage.completionTokens;
    m_outcome.finishReason = attempt.progress().finishReason;
    if (attempt.firstContentAt()) {
        m_outcome.ttft = microsecondsBetween(m_startedAt, *attempt.firstContentAt());
    }
}

common::HeaderList RelaySession::replyHeaders(const routing::Candidate *candidate) const
{
    common::HeaderList headers;
    headers.add("x-freerelay-request-id"_ba, m_request.requestId);
    headers.add(
        "x-freerelay-attempts"_ba, QByteArray::number(qulonglong(m_outcome.attempts.size())));
    if (candidate != nullptr) {
        headers.add("x-freerelay-provider"_ba, candidate->provider->id);
        headers.add("x-freerelay-model"_ba, candidate->model->id);
    }
    return headers;
}

void RelaySession::replyWhole(const routing::Candidate &candidate, Attempt &attempt)
{
    addRecord(candidate, attempt);
    common::HeaderList headers = replyHeaders(&candidate);
    headers.add("content-type"_ba, "application/json"_ba);
    m_done = true;
    m_outcome.status = 200;
    m_downstream->reply(200, headers, attempt.takeReply());
}

void RelaySession::beginStream(const routing::Candidate &candidate)
{
    common::HeaderList headers = replyHeaders(&candidate);
    headers.add("content-type"_ba, "text/event-stream; charset=utf-8"_ba);
    headers.add("cache-control"_ba, "no-cache"_ba);
    m_headSent = true;
    m_outcome.status = 200;
    m_outcome.provider = candidate.provider->id;
    m_outcome.model = candidate.model->id;
    m_downstream->beginStream(200, headers);
}

void RelaySession::onStreamEnded(const Attempt &attempt)
{
    if (m_done) {
        return; // the client left, or abort() has said so
    }
    m_done = true;
    if (attempt.failure()) {
        const ClientError error = toClientError(*attempt.failure(), QByteArray(m_outcome.provider));
        m_outcome.brokenStream = true;
        m_outcome.error = error.message;
        m_downstream->write(dialects::openAiStreamError(error.message, error.type, error.code));
    }
    m_downstream->finish();
}

ClientError RelaySession::finalError() const
{
    if (!m_lastFailure) {
        return toClientError(common::Error{
            common::ErrorKind::Timeout,
            u"No provider answered within the time for one request."_s});
    }
    ClientError error = toClientError(*m_lastFailure, m_lastProvider);
    if (error.status == 429) {
        error.retryAfter = m_earliestReset ? m_earliestReset : error.retryAfter;
        if (!error.retryAfter) {
            error.retryAfter = 30s;
        }
    }
    return error;
}

void RelaySession::replyError(const ClientError &error)
{
    common::HeaderList headers = error.headers();
    const common::HeaderList ours = replyHeaders(nullptr);
    for (const auto &[name, value] : ours.fields()) {
        headers.add(name, value);
    }
    if (!m_lastProvider.isEmpty() && !m_outcome.attempts.empty()) {
        headers.add("x-freerelay-provider"_ba, m_outcome.attempts.back().provider);
        headers.add("x-freerelay-model"_ba, m_outcome.attempts.back().model);
    }
    m_done = true;
    m_outcome.status = error.status;
    m_outcome.error = error.message;
    m_downstream->reply(error.status, headers, error.body());
}

void RelaySession::finish()
{
    if (m_downstream->isGone() && m_outcome.status == 0) {
        m_outcome.status = clientLeft;
    }
    m_downstream->setHandlers({}, {});
    m_outcome.duration = microsecondsBetween(m_startedAt, m_services.clock.now());
    m_services.outcomes.record(std::move(m_outcome));
    m_downstream.reset();
    m_request = {};
    std::exchange(m_over, {})();
}

} // namespace freerelay::relay
