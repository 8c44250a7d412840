#include "relay_session.h"

#include "core/catalog/endpoint.h"
#include "core/dialects/continuation/continued_request.h"
#include "core/dialects/openai_chat.h"
#include "core/relay/attempt_builder.h"
#include "core/relay/request_plan.h"

#include <algorithm>
#include <utility>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

using dialects::FailureClass;

constexpr int okStatus = 200;

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
    , m_record(m_request, services.clock)
{ }

void RelaySession::start(std::function<void()> over)
{
    m_over = std::move(over);
    m_done = m_downstream->isGone();
    if (m_config->continueStreams && dialects::isContinuable(m_request.chat)) {
        m_continuable = std::make_shared<ContinuableStream>(m_downstream);
        m_downstream = m_continuable;
    }
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
    } else if (m_waitUntil) {
        m_waitOver.fire();
    }
}

void RelaySession::abort()
{
    if (!m_done && m_headSent) {
        m_done = true;
        m_record.outcome().brokenStream = true;
        m_record.outcome().errorClass = "shutting_down"_ba;
        m_record.outcome().error = "FreeRelay is stopping; the answer is incomplete."_ba;
        if (m_continuable) {
            m_continuable->endJoin();
        }
        m_downstream->write(
            dialects::openAiStreamError(m_record.outcome().error, "server_error", "shutting_down"));
        m_downstream->finish();
    } else if (!m_done) {
        replyError(
            {503, "FreeRelay is stopping."_ba, "server_error"_ba, {}, "shutting_down"_ba, 1s});
    }
    if (m_attempt != nullptr) {
        m_attempt->cancel();
    } else if (m_waitUntil) {
        m_waitOver.fire();
    }
}

void RelaySession::checkLimits(common::SteadyTime now)
{
    if (const std::shared_ptr<Downstream> downstream = m_downstream; downstream && !m_done) {
        downstream->checkLimits(now);
    }
    if (m_waitUntil && now >= *m_waitUntil) {
        m_waitOver.fire();
        return;
    }
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
    if (m_continuable && m_continuable->hasDiverged()) {
        m_attempt->cancel();
        return;
    }
    m_attempt->checkLimits(now);
}

QCoro::Task<> RelaySession::run()
{
    std::optional<ClientError> refusal;
    if (!m_done) {
        refusal = choose();
        co_await tryAll();
    }
    if (!m_done && beginWait()) {
        const common::SteadyTime began = m_services.clock.now();
        co_await m_waitOver.wait();
        m_waitUntil.reset();
        m_waited = std::chrono::ceil<std::chrono::milliseconds>(m_services.clock.now() - began);
        if (!m_done) {
            refusal = choose();
            co_await tryAll();
        }
    }
    if (!m_done && m_break) {
        endBroken(*m_break);
    } else if (!m_done) {
        replyError(withReasons(refusal ? *std::move(refusal) : finalError()));
    }
    conclude();
    std::exchange(m_over, {})();
}

/// In the plan's order; then those that others were preferred to: what was only busy, what is
/// beyond a quota or broke off, and at last what fails.
QCoro::Task<> RelaySession::tryAll()
{
    // Holds the plan that this loop goes through, whatever is planned meanwhile.
    const std::shared_ptr<const PlannedCandidates> planned = m_planned;
    if (!planned) {
        co_return;
    }
    m_untried = 0;
    m_outOfAttempts = false;
    m_quotaRests.clear();
    m_lastResorts.clear();
    m_busy.clear();
    m_unwell.clear();
    while (m_untried < planned->rankedCount() && !m_done) {
        const routing::Candidate &candidate = planned->plan().candidates[m_untried];
        if (!m_busy.empty() && isPaid(*m_config, *candidate.model)) {
            const std::vector<routing::Candidate> unpaid = takeUnpaid(m_busy, *m_config);
            co_await trySpared(unpaid, quota::Reach::Within);
        }
        co_await tryOne(
            candidate,
            candidate.beyondQuota ? quota::Reach::Probe : quota::Reach::Within,
            health::Need::Usual);
        if (m_outOfAttempts) {
            co_return;
        }
        ++m_untried;
    }
    if (!m_done) {
        co_await trySpared(m_busy, quota::Reach::Within);
        co_await trySpared(m_lastResorts, quota::Reach::Anyway);
        co_await trySpared(m_unwell, quota::Reach::Anyway);
    }
}

/// Nobody else is left. They may become more meanwhile. (Whoever awaits it keeps its arguments, as
/// below.)
QCoro::Task<>
RelaySession::trySpared(const std::vector<routing::Candidate> &spared, quota::Reach reach)
{
    for (std::size_t i = 0; i < spared.size(); ++i) {
        const routing::Candidate candidate = spared[i];
        co_await tryOne(candidate, reach, health::Need::LastResort);
    }
}

/// Unless something speaks against it.
QCoro::Task<>
RelaySession::tryOne(const routing::Candidate &candidate, quota::Reach reach, health::Need need)
{
    if (m_done || m_outOfAttempts || isUseless(candidate)) {
        co_return;
    }
    auto ticket = admit(candidate, need);
    if (!ticket) {
        co_return;
    }
    m_outOfAttempts = !m_record.attempts().empty() && !mayTryNext();
    if (!m_outOfAttempts) {
        co_await tryCandidate(candidate, reach, *ticket);
    }
}

/// Asks whether the candidate is well; nullopt, and remembered, when another one is to go first.
std::optional<health::CallTicket>
RelaySession::admit(const routing::Candidate &candidate, health::Need need)
{
    auto admitted = m_services.shared.health.admit(
        {*candidate.provider, *candidate.model, candidate.key}, shapeOf(m_request), need);
    if (auto *ticket = std::get_if<health::CallTicket>(&admitted)) {
        return std::move(*ticket);
    }
    const bool isBusy = std::get<health::HealthRefusal>(admitted).reason == health::Unwell::Busy;
    (isBusy ? m_busy : m_unwell).push_back(candidate);
    return std::nullopt;
}

/// Takes the attempt's part of the quota; nullopt, and remembered, when there is none left.
std::optional<quota::QuotaLease>
RelaySession::borrow(const routing::Candidate &candidate, quota::Reach reach)
{
    const dialects::RequestNeeds &needs = m_request.chat.needs;
    auto taken = m_services.shared.quota.take(
        {*candidate.provider, *candidate.model, candidate.key},
        {needs.promptTokensEstimated, needs.outputTokensRequested},
        reach);
    if (auto *lease = std::get_if<quota::QuotaLease>(&taken)) {
        return std::move(*lease);
    }
    const auto &refusal = std::get<quota::LeaseRefusal>(taken);
    m_quotaRests.push_back(quota::usedUp(
        {candidate.provider->id, candidate.key, candidate.model->id},
        refusal.window,
        refusal.until));
    if (refusal.fit == quota::Fit::Beyond && reach != quota::Reach::Anyway) {
        m_lastResorts.push_back(candidate);
    }
    return std::nullopt;
}

/// How much longer the client waits for a quota.
common::Duration RelaySession::patience(common::SteadyTime now) const
{
    const common::Duration left = deadlineOf(m_request, *m_config) - (now - m_record.startedAt());
    return m_request.deadline ? left : std::min<common::Duration>(left, m_config->quotaWait);
}

/// Whether waiting for a reset is worth while, and may be done: only when nothing but quotas is in
/// the way, and never twice.
bool RelaySession::beginWait()
{
    if (!m_planned || !m_mayTryOthers || !m_tally.isOnlyQuota() || m_headSent) {
        return false;
    }
    const common::SteadyTime now = m_services.clock.now();
    const auto back = obstacles(now).comeBack().quota;
    if (!back || *back > patience(now)) {
        return false;
    }
    m_waitUntil = now + *back;
    return true;
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
    auto planned = planRequest(m_request, m_config, m_services.shared, m_services.clock);
    if (!planned) {
        ClientError error = toClientError(planned.error());
        error.param = "model"_ba;
        return error;
    }
    m_planned = std::move(planned->candidates);
    m_record.outcome().decision = std::move(planned->decision);
    if (m_planned->rankedCount() > 0) {
        return std::nullopt;
    }
    return explainEmpty(m_planned->plan(), m_request, *m_config, m_services.clock.now());
}

/// Whether an earlier attempt of this request (or another request) has shown meanwhile that the
/// candidate is of no use: the key that was rejected for one model is rejected for all.
bool RelaySession::isUseless(const routing::Candidate &candidate) const
{
    const catalog::Wire wire = catalog::wireOf(*candidate.provider, *candidate.model);
    if (std::find(m_unsayable.begin(), m_unsayable.end(), wire) != m_unsayable.end()) {
        return true;
    }
    const auto rest = m_services.shared.coolDowns.covering(
        candidate.provider->id, candidate.key, candidate.model->id, m_services.clock.now());
    return rest && !quota::isOnlyAdvice(rest->reason);
}

bool RelaySession::mayTryNext()
{
    const common::SteadyTime now = m_services.clock.now();
    return m_mayTryOthers
        && m_record.attempts().size() < static_cast<std::size_t>(m_config->maxAttempts)
        && now - m_record.startedAt() < deadlineOf(m_request, *m_config)
        && m_services.retries.withdraw(now);
}

/// @param ticket  taken when there is an attempt
QCoro::Task<> RelaySession::tryCandidate(
    routing::Candidate candidate, quota::Reach reach, health::CallTicket &ticket)
{
    const AttemptBuilder builder(
        *m_config, m_rest ? *m_rest : m_request, m_services.clock, m_record.startedAt());
    auto setup = builder.build(candidate);
    if (!setup) {
        onRefusedByDialect(candidate, setup.error());
        co_return;
    }
    auto lease = borrow(candidate, reach);
    if (!lease) {
        co_return;
    }
    AttemptQuota quota(candidate, *std::move(lease), m_services.clock);
    AttemptHealth health(std::move(ticket));
    setup->onHead = [&quota](const common::HeaderList &headers) { quota.onHead(headers); };
    m_record.beginAttempt(candidate);
    common::addTraceHeaders(setup->call.headers, m_request.trace, m_record.attempts().size());
    Attempt attempt(candidate, std::move(*setup), m_services.client, m_services.clock);
    m_attempt = &attempt;
    co_await attempt.decided();
    if (attempt.failure()) {
        hideKey(candidate, attempt);
        health.onEnd(attempt, isOutOfTime());
        onAttemptFailed(candidate, attempt, quota);
    } else if (!m_request.chat.stream) {
        health.onEnd(attempt, isOutOfTime());
        noteReply(candidate, attempt, quota);
        replyWhole(attempt);
    } else {
        beginStream(candidate);
        attempt.streamTo(*m_downstream);
        co_await attempt.ended();
        hideKey(candidate, attempt);
        health.onEnd(attempt, isOutOfTime());
        noteReply(candidate, attempt, quota);
        if (!leaveToOthers(candidate, attempt)) {
            onStreamEnded(candidate, attempt);
            conclude();
            co_await attempt.released();
        }
    }
    m_attempt = nullptr;
}

/// Whether another candidate may go on with the answer that has just broken off: prepares that.
bool RelaySession::leaveToOthers(const routing::Candidate &candidate, const Attempt &attempt)
{
    const bool diverged = m_continuable && m_continuable->hasDiverged();
    if (!m_continuable || m_done || (!attempt.failure() && !diverged)) {
        return false;
    }
    m_continuable->endJoin();
    if (!diverged) {
        m_break = toClientError(*attempt.failure(), candidate.provider->name);
        m_lastResorts.push_back(candidate); // a cut may have been nobody's fault
    }
    auto told = m_continuable->told();
    auto rest = told ? dialects::continuedRequest(m_request.chat, told->text) : std::nullopt;
    if (!rest) {
        return false;
    }
    m_rest = m_request;
    m_rest->chat = *std::move(rest);
    if (!diverged) {
        m_tokensBefore.prompt += attempt.progress().usage.promptTokens.value_or(
            m_request.chat.needs.promptTokensEstimated);
        m_tokensBefore.completion = told->text.size() / 4;
    }
    return true;
}

/// Whether the deadline is over, and the attempt had less time than the provider may take.
bool RelaySession::isOutOfTime() const
{
    const bool hadLess = m_request.deadline || m_record.attempts().size() > 1;
    return hadLess
        && m_services.clock.now() - m_record.startedAt() >= deadlineOf(m_request, *m_config);
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

/// What a provider says of a key is told on to clients, logs and records; the key is not.
void RelaySession::hideKey(const routing::Candidate &candidate, Attempt &attempt) const
{
    const keys::Key *key = attempt.failure() ? m_config->key(candidate.provider->id, candidate.key)
                                             : nullptr;
    if (key != nullptr) {
        attempt.hideInFailure(key->secret);
    }
}

void RelaySession::onAttemptFailed(
    const routing::Candidate &candidate, const Attempt &attempt, AttemptQuota &quota)
{
    m_record.endAttempt(attempt);
    m_tally.add(*attempt.failure(), candidate.provider->name);
    if (settleFailure(candidate, attempt, quota) == NextStep::GiveUp) {
        m_mayTryOthers = false;
        m_tally.setFinal();
    }
}

/// Tells the ledger and the policy what the failure means.
NextStep RelaySession::settleFailure(
    const routing::Candidate &candidate, const Attempt &attempt, AttemptQuota &quota)
{
    const auto rest = quota.onEnd(attempt);
    return m_services.shared.failures.onFailure(
        candidate, *attempt.failure(), rest ? std::optional(rest->until) : std::nullopt);
}

/// What is known of a reply when it is there, or broke off.
void RelaySession::noteReply(
    const routing::Candidate &candidate, const Attempt &attempt, AttemptQuota &quota)
{
    m_record.endAttempt(attempt);
    m_record.noteReply(candidate, attempt, *m_config, m_tokensBefore);
    if (!attempt.failure()) {
        quota.onEnd(attempt);
        m_services.shared.failures.onSuccess(candidate);
    } else {
        settleFailure(candidate, attempt, quota);
    }
}

/// Of the attempt that was made last, whether it answered or failed.
common::HeaderList RelaySession::replyHeaders() const
{
    common::HeaderList headers;
    headers.add("x-freerelay-request-id"_ba, m_request.requestId);
    headers.add(
        "x-freerelay-attempts"_ba, QByteArray::number(qulonglong(m_record.attempts().size())));
    if (m_waited > 0ms) {
        headers.add("x-freerelay-waited-ms"_ba, QByteArray::number(qint64(m_waited.count())));
    }
    if (!m_record.attempts().empty()) {
        headers.add("x-freerelay-provider"_ba, m_record.attempts().back().provider);
        headers.add("x-freerelay-model"_ba, m_record.attempts().back().model);
    }
    return headers;
}

void RelaySession::replyWhole(Attempt &attempt)
{
    common::HeaderList headers = replyHeaders();
    headers.add("content-type"_ba, "application/json"_ba);
    m_done = true;
    m_record.outcome().status = okStatus;
    m_downstream->reply(okStatus, headers, attempt.takeReply());
}

/// The first time; later candidates go on with what the client has.
void RelaySession::beginStream(const routing::Candidate &candidate)
{
    if (m_headSent) {
        if (auto told = m_continuable->told()) {
            m_continuable->join(*std::move(told), m_tokensBefore, candidate.model->id);
        }
        return;
    }
    common::HeaderList headers = replyHeaders();
    headers.add("content-type"_ba, "text/event-stream; charset=utf-8"_ba);
    headers.add("cache-control"_ba, "no-cache"_ba);
    m_headSent = true;
    m_record.outcome().status = okStatus;
    m_downstream->beginStream(okStatus, headers);
}

void RelaySession::onStreamEnded(const routing::Candidate &candidate, const Attempt &attempt)
{
    m_record.noteStreamEnd();
    if (m_done) { // abort() has said so, or the client left
        if (attempt.failure() && m_record.outcome().errorClass.isEmpty()) {
            m_record.noteClientLeft();
        }
        return;
    }
    if (attempt.failure()) {
        endBroken(toClientError(*attempt.failure(), candidate.provider->name));
        return;
    }
    m_done = true;
    m_downstream->finish();
}

/// The answer breaks off: said in the stream, never in silence.
void RelaySession::endBroken(const ClientError &error)
{
    m_done = true;
    m_record.noteStreamEnd();
    m_record.outcome().brokenStream = true;
    m_record.noteError(error);
    m_downstream->write(dialects::openAiStreamError(error.message, error.type, error.code));
    m_downstream->finish();
}

ClientError RelaySession::finalError()
{
    const common::SteadyTime now = m_services.clock.now();
    const bool modelsNamed = m_planned
        && m_planned->plan().asked == catalog::NameTarget::Kind::Models;
    auto verdict = m_tally.verdict(m_planned ? obstacles(now).comeBack() : ComeBack(), modelsNamed);
    if (verdict && m_mayTryOthers
        && now - m_record.startedAt() >= deadlineOf(m_request, *m_config)) {
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

/// Errors that waiting may cure list what each candidate waits for.
ClientError RelaySession::withReasons(ClientError error) const
{
    if (error.retryAfter && m_planned) {
        error.candidates = obstacles(m_services.clock.now()).reasons(m_record.attempts());
    }
    return error;
}

Obstacles RelaySession::obstacles(common::SteadyTime now) const
{
    return Obstacles(m_planned->plan(), m_untried, m_services.shared.coolDowns, m_quotaRests, now);
}

void RelaySession::replyError(const ClientError &error)
{
    common::HeaderList headers = error.headers();
    const common::HeaderList ours = replyHeaders();
    for (const auto &[name, value] : ours.fields()) {
        headers.add(name, value);
    }
    m_done = true;
    m_record.outcome().status = error.status;
    m_record.noteError(error);
    m_downstream->reply(error.status, headers, error.body());
}

/// The client's part is over: tells the outcome and lets go of everything that is the client's.
void RelaySession::conclude()
{
    if (std::exchange(m_concluded, true)) {
        return;
    }
    m_downstream->setHandlers({}, {});
    m_services.outcomes.record(m_record.finish(m_request, m_waited, m_downstream->isGone()));
    m_downstream.reset();
    m_continuable.reset();
    m_request = {};
    m_rest.reset();
}

} // namespace freerelay::relay
