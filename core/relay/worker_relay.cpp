#include "worker_relay.h"

#include "core/relay/app_rights.h"

#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

/// Of a request for which nobody is asked.
std::shared_ptr<Outcome> outcomeOf(const RelayRequest &request, common::WallTime time)
{
    auto outcome = std::make_shared<Outcome>();
    outcome->requestId = request.requestId;
    outcome->trace = request.trace;
    outcome->time = time;
    outcome->app = request.app.name;
    outcome->appVersion = request.app.version;
    attribute(*outcome, request);
    return outcome;
}

} // namespace

WorkerRelay::WorkerRelay(
    const common::Published<RelayConfig> &config,
    std::unique_ptr<upstream::HttpClient> client,
    const RelayState &shared,
    OutcomeSink &outcomes,
    const common::Clock &clock)
    : m_config(config)
    , m_client(std::move(client))
    , m_shared(shared)
    , m_outcomes(outcomes)
    , m_clock(clock)
    , m_startedAt(clock.now())
    , m_retries(m_startedAt)
    , m_limitTimer(this)
    , m_alarm(this)
    , m_bury([this] { m_retired.clear(); })
{
    m_limitTimer.setInterval(limitCheckInterval);
    connect(&m_limitTimer, &QTimer::timeout, this, &WorkerRelay::checkLimits);
    m_alarm.setSingleShot(true);
    m_alarm.setTimerType(Qt::PreciseTimer);
    connect(&m_alarm, &QTimer::timeout, this, &WorkerRelay::checkLimits);
}

WorkerRelay::~WorkerRelay()
{
    abortAll();
}

void WorkerRelay::wakeAt(common::SteadyTime time)
{
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(
        std::max<common::Duration>(time - m_clock.now(), common::Duration::zero()));
    // Only the earliest is remembered; the others are as late as the limit timer is coarse.
    if (!m_alarm.isActive() || wait < m_alarm.remainingTimeAsDuration()) {
        m_alarm.start(wait);
    }
}

bool WorkerRelay::isEarly(common::SteadyTime now)
{
    return config()->keysAreBeingRead && now - m_startedAt < earlyPatience;
}

void WorkerRelay::relay(RelayRequest request, std::shared_ptr<Downstream> downstream)
{
    if (!m_limitTimer.isActive()) {
        m_limitTimer.start();
    }
    if (isEarly(m_clock.now())) {
        m_early.push_back({std::move(request), std::move(downstream)});
    } else {
        begin(std::move(request), std::move(downstream));
    }
}

void WorkerRelay::beginEarly()
{
    for (Early &early : std::exchange(m_early, {})) {
        begin(std::move(early.request), std::move(early.downstream));
    }
}

void WorkerRelay::begin(RelayRequest request, std::shared_ptr<Downstream> downstream)
{
    const RelayServices services{
        *m_client, m_shared, m_retries, m_hedges, *this, m_outcomes, m_clock};
    request.chat.signatures = &m_shared.signatures;
    const auto session = m_sessions.insert(
        m_sessions.end(),
        std::make_unique<RelaySession>(
            services, config(), std::move(request), std::move(downstream)));
    (*session)->start([this, session] { retire(session); });
}

void WorkerRelay::recordReplay(const RelayRequest &request, const Replay &replay)
{
    const std::shared_ptr<Outcome> outcome = outcomeOf(request, replay.time);
    outcome->duration = std::chrono::duration_cast<std::chrono::microseconds>(replay.duration);
    outcome->status = replay.status == 0 ? Outcome::clientLeft : replay.status;
    outcome->stream = replay.stream;
    outcome->brokenStream = replay.broken;
    outcome->errorClass = replay.left ? "client_left"_ba : QByteArray();
    outcome->retryCause = Outcome::replayed;
    charge(request, *outcome, replay.time);
    m_outcomes.record(outcome);
}

void WorkerRelay::recordRun(
    const RelayRequest &request, const ProgramRun &run, const ClientError *error)
{
    const std::shared_ptr<Outcome> outcome = outcomeOf(request, run.time);
    outcome->askedModel = request.chat.model;
    outcome->duration = std::chrono::duration_cast<std::chrono::microseconds>(run.duration);
    outcome->status = run.status;
    outcome->stream = request.chat.stream;
    outcome->brokenStream = run.broken;
    outcome->promptTokens = run.promptTokens;
    outcome->completionTokens = run.completionTokens;
    outcome->cost = common::MicroUsd(); // what it asks of providers is recorded by itself
    if (error != nullptr) {
        outcome->errorClass = error->errorClass();
        outcome->error = error->message.left(Outcome::maxErrorBytes);
    } else if (run.status == Outcome::clientLeft) {
        outcome->errorClass = "client_left"_ba;
    } else {
        outcome->provider = "freerelay"_ba;
        outcome->model = request.chat.model;
    }
    charge(request, *outcome, run.time);
    m_outcomes.record(outcome);
}

void WorkerRelay::recordRefusal(const RelayRequest &request, const ClientError &error)
{
    const std::shared_ptr<Outcome> outcome = outcomeOf(request, m_clock.wallNow());
    outcome->status = error.status;
    outcome->errorClass = error.errorClass();
    outcome->error = error.message.left(Outcome::maxErrorBytes);
    charge(request, *outcome, outcome->time);
    m_outcomes.record(outcome);
}

void WorkerRelay::retire(Sessions::iterator session)
{
    m_retired.splice(m_retired.end(), m_sessions, session);
    m_bury.schedule();
}

/// A copy to iterate over: what is done to one session may retire it, or begin another one. None
/// is freed before the event loop turns.
std::vector<RelaySession *> WorkerRelay::sessions() const
{
    std::vector<RelaySession *> result;
    result.reserve(m_sessions.size());
    for (const std::unique_ptr<RelaySession> &session : m_sessions) {
        result.push_back(session.get());
    }
    return result;
}

void WorkerRelay::checkLimits()
{
    const common::SteadyTime now = m_clock.now();
    if (!m_early.empty() && !isEarly(now)) {
        beginEarly();
    }
    if (m_sessions.empty() && m_early.empty()) {
        m_limitTimer.stop();
        return;
    }
    for (RelaySession *session : sessions()) {
        session->checkLimits(now);
    }
}

void WorkerRelay::abortAll()
{
    beginEarly();
    for (RelaySession *session : sessions()) {
        session->abort();
    }
}

} // namespace freerelay::relay
