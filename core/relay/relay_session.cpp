#include "relay_session.h"

#include "core/catalog/endpoint.h"
#include "core/dialects/continuation/continued_request.h"
#include "core/relay/attempt_builder.h"
#include "core/relay/request_plan.h"

#include <algorithm>
#include <utility>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

using dialects::FailureClass;
using Spared = CandidateQueue::Spared;

RelaySession::RelaySession(
    RelayServices services,
    std::shared_ptr<const RelayConfig> config,
    RelayRequest request,
    std::shared_ptr<Downstream> downstream)
    : m_services(services)
    , m_config(std::move(config))
    , m_request(std::move(request))
    , m_record(m_request, services.clock)
    , m_reply(std::move(downstream), m_record)
{ }

void RelaySession::start(std::function<void()> over)
{
    m_over = std::move(over);
    if (m_config->continueStreams && dialects::isContinuable(m_request.chat)) {
        m_reply.wrap([this](auto client) { return m_continuation.watch(std::move(client)); });
    }
    m_reply.client()->setHandlers(
        [this] {
            if (AttemptRun *run = m_running.first()) {
                run->attempt().onDrained();
            }
        },
        [this] { onClientLeft(); });
    m_services.retries.deposit();
    m_services.hedges.deposit();
    m_task = run();
}

void RelaySession::cancelAll()
{
    if (m_waitUntil) {
        m_waitOver.fire();
        return;
    }
    m_hedgeAt.reset();
    m_running.cancelAll();
}

void RelaySession::onClientLeft()
{
    // Its handler is running: it must not be destroyed by what follows.
    const std::shared_ptr<Downstream> keep = m_reply.client();
    m_reply.setLeft();
    cancelAll();
}

void RelaySession::abort()
{
    if (!m_reply.isOver() && m_reply.hasBegun()) {
        m_continuation.endJoin();
        m_reply.breakOff(
            {503,
             "FreeRelay is stopping; the answer is incomplete."_ba,
             "server_error"_ba,
             {},
             "shutting_down"_ba,
             {}});
    } else if (!m_reply.isOver()) {
        m_reply.refuse(
            {503, "FreeRelay is stopping."_ba, "server_error"_ba, {}, "shutting_down"_ba, 1s});
    }
    cancelAll();
}

void RelaySession::checkLimits(common::SteadyTime now)
{
    if (const std::shared_ptr<Downstream> client = m_reply.client(); client && !m_reply.isOver()) {
        client->checkLimits(now);
    }
    if (m_waitUntil && now >= *m_waitUntil) {
        m_waitOver.fire();
        return;
    }
    if (m_running.isEmpty()) {
        return;
    }
    if (!m_running.first()->attempt().isPaused()) {
        m_stalledSince.reset();
    } else if (!m_stalledSince) {
        m_stalledSince = now;
    } else if (now - *m_stalledSince > stalledReaderLimit) {
        m_reply.abort();
        cancelAll();
        return;
    }
    if (m_continuation.hasDiverged()) {
        cancelAll();
        return;
    }
    m_running.checkLimits(now);
    if (m_hedgeAt && now >= *m_hedgeAt) {
        m_decided.fire();
    }
}

QCoro::Task<> RelaySession::run()
{
    std::optional<ClientError> refusal;
    if (!m_reply.isOver()) {
        refusal = choose();
        co_await tryAll();
    }
    if (!m_reply.isOver() && beginWait()) {
        const common::SteadyTime began = m_services.clock.now();
        co_await m_waitOver.wait();
        m_waitUntil.reset();
        m_record.noteWait(
            std::chrono::ceil<std::chrono::milliseconds>(m_services.clock.now() - began));
        if (!m_reply.isOver()) {
            refusal = choose();
            co_await tryAll();
        }
    }
    if (!m_reply.isOver() && m_continuation.reason()) {
        m_reply.breakOff(*m_continuation.reason());
    } else if (!m_reply.isOver()) {
        m_reply.refuse(withReasons(refusal ? *std::move(refusal) : finalError()));
    }
    conclude();
    std::exchange(m_over, {})();
}

QCoro::Task<> RelaySession::tryAll()
{
    m_queue = CandidateQueue(m_planned);
    m_outOfAttempts = false;
    m_quotaRests.clear();
    while (!m_reply.isOver() && !m_outOfAttempts) {
        const std::optional<Turn> turn = m_queue.next();
        if (!turn) {
            co_return;
        }
        co_await tryOne(*turn);
    }
}

/// Until it, or one that is asked beside it, has answered, or all have failed. (Whoever awaits it
/// keeps its arguments, as below.)
QCoro::Task<> RelaySession::tryOne(const Turn &turn)
{
    auto ticket = admit(turn);
    if (!ticket) {
        co_return;
    }
    m_outOfAttempts = !m_record.attempts().empty() && !mayTryNext();
    if (m_outOfAttempts) {
        co_return;
    }
    if (auto run = begin(turn, *ticket)) {
        m_running.add(std::move(run));
    }
    watchForDelay();
    AttemptRun *winner = settleDecided();
    while (winner == nullptr && !m_running.isEmpty()) {
        co_await m_decided.wait();
        winner = settleDecided();
        if (winner == nullptr && m_hedgeAt && m_services.clock.now() >= *m_hedgeAt) {
            hedge();
        }
    }
    m_hedgeAt.reset();
    if (winner != nullptr) {
        cancelBeside(*winner);
        co_await deliver(*winner);
    }
    m_running.clear();
}

/// Settles those that have failed. @return the first that answers; null = none does yet
AttemptRun *RelaySession::settleDecided()
{
    while (AttemptRun *run = m_running.firstDecided()) {
        if (!run->attempt().failure()) {
            return run;
        }
        onAttemptFailed(*run);
        m_running.remove(*run);
    }
    return nullptr;
}

/// Nothing of the client's is lost with them: they had told nothing yet. What they used is counted.
void RelaySession::cancelBeside(const AttemptRun &winner)
{
    for (const auto &run : m_running.takeBeside(winner)) {
        run->attempt().cancel();
        run->health().onEnd(run->attempt(), isOutOfTime());
        run->quota().onEnd(run->attempt());
        m_record.endLostRace(run->record(), run->attempt());
    }
}

/// Has the request's first attempt looked at again when it is slower than usual.
void RelaySession::watchForDelay()
{
    if (m_running.isEmpty() || m_record.attempts().size() != 1
        || !mayHedge(m_request, *m_config, m_services.shared.health)
        || !m_services.hedges.hasOne()) {
        return;
    }
    const AttemptRun &first = *m_running.first();
    m_hedgeAt = overdueAt(first.candidate(), first.attempt().startedAt(), m_services.shared.health);
    if (m_hedgeAt) {
        m_services.alarm.wakeAt(*m_hedgeAt);
    }
}

/// Asks a second candidate beside the one that is late, if there is one that suits.
void RelaySession::hedge()
{
    m_hedgeAt.reset();
    if (m_running.isEmpty() || !m_services.hedges.hasOne()) {
        return;
    }
    const auto turn = m_queue.takeAhead([this](const routing::Candidate &candidate) {
        return suitsAsHedge(
            candidate, m_running.first()->candidate(), *m_config, m_services.shared.quota);
    });
    auto ticket = turn ? admit(*turn) : std::nullopt;
    if (auto run = ticket && mayTryNext() ? begin(*turn, *ticket) : nullptr) {
        m_services.hedges.withdraw();
        m_record.noteHedge(run->record());
        m_running.add(std::move(run));
    }
}

/// Asks whether the candidate is of use and well; nullopt when it is not, or when another one is to
/// go first, which is remembered.
std::optional<health::CallTicket> RelaySession::admit(const Turn &turn)
{
    const routing::Candidate &candidate = turn.candidate;
    if (isUseless(candidate)) {
        return std::nullopt;
    }
    auto admitted = m_services.shared.health.admit(
        {*candidate.provider, *candidate.model, candidate.key}, shapeOf(m_request), turn.need);
    if (auto *ticket = std::get_if<health::CallTicket>(&admitted)) {
        return std::move(*ticket);
    }
    const bool isBusy = std::get<health::HealthRefusal>(admitted).reason == health::Unwell::Busy;
    m_queue.spare(candidate, isBusy ? Spared::Busy : Spared::Unwell);
    return std::nullopt;
}

/// @param ticket  taken when there is an attempt
/// @return null when the request cannot be said there, or there is no quota for it
std::unique_ptr<AttemptRun> RelaySession::begin(const Turn &turn, health::CallTicket &ticket)
{
    const RelayRequest &request = m_continuation.rest() != nullptr ? *m_continuation.rest()
                                                                   : m_request;
    const AttemptBuilder builder(*m_config, request, m_services.clock, m_record.startedAt());
    auto setup = builder.build(turn.candidate, ticket.pace());
    if (!setup) {
        onRefusedByDialect(turn.candidate, setup.error());
        return nullptr;
    }
    auto lease = borrow(turn);
    if (!lease) {
        return nullptr;
    }
    const std::size_t place = m_record.beginAttempt(turn.candidate);
    common::addTraceHeaders(setup->call.headers, m_request.trace, m_record.attempts().size());
    return std::make_unique<AttemptRun>(
        turn.candidate,
        AttemptGrant{*std::move(lease), std::move(ticket)},
        std::move(*setup),
        place,
        m_services.client,
        m_services.clock,
        m_decided);
}

/// Takes the attempt's part of the quota; nullopt, and remembered, when there is none left.
std::optional<quota::QuotaLease> RelaySession::borrow(const Turn &turn)
{
    const routing::Candidate &candidate = turn.candidate;
    const dialects::RequestNeeds &needs = m_request.chat.needs;
    auto taken = m_services.shared.quota.take(
        {*candidate.provider, *candidate.model, candidate.key},
        {needs.promptTokensEstimated, needs.outputTokensRequested},
        turn.reach);
    if (auto *lease = std::get_if<quota::QuotaLease>(&taken)) {
        return std::move(*lease);
    }
    const auto &refusal = std::get<quota::LeaseRefusal>(taken);
    m_quotaRests.push_back(quota::usedUp(
        {candidate.provider->id, candidate.key, candidate.model->id},
        refusal.window,
        refusal.until));
    if (refusal.fit == quota::Fit::Beyond && turn.reach != quota::Reach::Anyway) {
        m_queue.spare(candidate, Spared::LastResort);
    }
    return std::nullopt;
}

/// Tells the client what the attempt answers.
QCoro::Task<> RelaySession::deliver(AttemptRun &run)
{
    Attempt &attempt = run.attempt();
    m_record.setAnswering(run.record());
    if (!m_request.chat.stream) {
        run.health().onEnd(attempt, isOutOfTime());
        noteReply(run);
        m_reply.whole(attempt.takeReply(), attempt.ignored());
        co_return;
    }
    if (m_reply.hasBegun()) {
        m_continuation.join(run.candidate().model->id);
    } else {
        m_reply.beginStream(attempt.ignored());
    }
    attempt.streamTo(*m_reply.client());
    co_await attempt.ended();
    hideKey(run);
    run.health().onEnd(attempt, isOutOfTime());
    noteReply(run);
    if (!leaveToOthers(run)) {
        onStreamEnded(run);
        conclude();
        co_await attempt.released();
    }
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
    if (!m_planned || !m_mayTryOthers || !m_tally.isOnlyQuota() || m_reply.hasBegun()) {
        return false;
    }
    const common::SteadyTime now = m_services.clock.now();
    const auto back = obstacles(now).comeBack().quota;
    if (!back || *back > patience(now)) {
        return false;
    }
    m_waitUntil = now + *back;
    m_services.alarm.wakeAt(*m_waitUntil);
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

/// Whether another candidate may go on with the answer that has just broken off: prepares that.
bool RelaySession::leaveToOthers(const AttemptRun &run)
{
    if (m_reply.isOver()) {
        return false;
    }
    const bool diverged = m_continuation.hasDiverged();
    const bool isPrepared = m_continuation.prepare(
        m_request, run.attempt(), run.candidate().provider->name);
    if (isPrepared && !diverged) {
        m_queue.spare(run.candidate(), Spared::LastResort); // a cut may have been nobody's fault
    }
    return isPrepared;
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
void RelaySession::hideKey(AttemptRun &run) const
{
    const routing::Candidate &candidate = run.candidate();
    const keys::Key *key = run.attempt().failure()
        ? m_config->key(candidate.provider->id, candidate.key)
        : nullptr;
    if (key != nullptr) {
        run.attempt().hideInFailure(key->secret);
    }
}

void RelaySession::onAttemptFailed(AttemptRun &run)
{
    hideKey(run);
    run.health().onEnd(run.attempt(), isOutOfTime());
    m_record.endAttempt(run.record(), run.attempt());
    m_tally.add(*run.attempt().failure(), run.candidate().provider->name);
    if (settleFailure(run) == NextStep::GiveUp) {
        m_mayTryOthers = false;
        m_tally.setFinal();
    }
}

/// Tells the ledger and the policy what the failure means.
NextStep RelaySession::settleFailure(AttemptRun &run)
{
    const auto rest = run.quota().onEnd(run.attempt());
    return m_services.shared.failures.onFailure(
        run.candidate(),
        *run.attempt().failure(),
        rest ? std::optional(rest->until) : std::nullopt);
}

/// What is known of a reply when it is there, or broke off.
void RelaySession::noteReply(AttemptRun &run)
{
    m_record.endAttempt(run.record(), run.attempt());
    m_record.noteReply(run.candidate(), run.attempt(), *m_config, m_continuation.tokensBefore());
    if (!run.attempt().failure()) {
        run.quota().onEnd(run.attempt());
        m_services.shared.failures.onSuccess(run.candidate());
    } else {
        settleFailure(run);
    }
}

void RelaySession::onStreamEnded(const AttemptRun &run)
{
    m_record.noteStreamEnd();
    const auto &failure = run.attempt().failure();
    if (m_reply.isOver()) { // abort() has said so, or the client left
        if (failure && m_record.outcome().errorClass.isEmpty()) {
            m_record.noteClientLeft();
        }
    } else if (failure) {
        m_reply.breakOff(toClientError(*failure, run.candidate().provider->name));
    } else {
        m_reply.finishStream();
    }
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
    return Obstacles(
        m_planned->plan(), m_queue.untried(), m_services.shared.coolDowns, m_quotaRests, now);
}

/// The client's part is over: tells the outcome and lets go of everything that is the client's.
void RelaySession::conclude()
{
    if (std::exchange(m_concluded, true)) {
        return;
    }
    m_services.outcomes.record(m_record.finish(m_request, m_reply.client()->isGone()));
    m_reply.letGo();
    m_continuation.stop();
    m_request = {};
}

} // namespace freerelay::relay
