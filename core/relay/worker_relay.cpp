#include "worker_relay.h"

namespace freerelay::relay {

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
    , m_retries(clock.now())
    , m_limitTimer(this)
    , m_bury([this] { m_retired.clear(); })
{
    m_limitTimer.setInterval(limitCheckInterval);
    connect(&m_limitTimer, &QTimer::timeout, this, &WorkerRelay::checkLimits);
}

WorkerRelay::~WorkerRelay()
{
    abortAll();
}

void WorkerRelay::relay(RelayRequest request, std::shared_ptr<Downstream> downstream)
{
    const RelayServices services{*m_client, m_shared, m_retries, m_outcomes, m_clock};
    const auto session = m_sessions.insert(
        m_sessions.end(),
        std::make_unique<RelaySession>(
            services, config(), std::move(request), std::move(downstream)));
    if (!m_limitTimer.isActive()) {
        m_limitTimer.start();
    }
    (*session)->start([this, session] { retire(session); });
}

void WorkerRelay::recordRefusal(const RelayRequest &request, const ClientError &error)
{
    auto outcome = std::make_shared<Outcome>();
    outcome->requestId = request.requestId;
    outcome->trace = request.trace;
    outcome->time = m_clock.wallNow();
    outcome->app = request.app.name;
    outcome->appVersion = request.app.version;
    outcome->status = error.status;
    outcome->errorClass = error.errorClass();
    outcome->error = error.message.left(Outcome::maxErrorBytes);
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
    if (m_sessions.empty()) {
        m_limitTimer.stop();
        return;
    }
    const common::SteadyTime now = m_clock.now();
    for (RelaySession *session : sessions()) {
        session->checkLimits(now);
    }
}

void WorkerRelay::abortAll()
{
    for (RelaySession *session : sessions()) {
        session->abort();
    }
}

} // namespace freerelay::relay
