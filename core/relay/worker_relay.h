#pragma once

#include "core/common/deferred.h"
#include "core/common/published.h"
#include "core/relay/relay_session.h"

#include <QObject>
#include <QTimer>

#include <list>
#include <memory>
#include <vector>

namespace freerelay::relay {

/// All sessions of one worker thread: starts them, checks their limits, ends them. Created, used
/// and destroyed on that thread.
class WorkerRelay final : public QObject
{
    Q_OBJECT

public:
    /// How often limits are looked at; they are seconds, so this need not be fine.
    static constexpr std::chrono::milliseconds limitCheckInterval{250};

    WorkerRelay(
        const common::Published<RelayConfig> &config,
        std::unique_ptr<upstream::HttpClient> client,
        const RelayState &shared,
        OutcomeSink &outcomes,
        const common::Clock &clock);
    ~WorkerRelay() override;
    Q_DISABLE_COPY_MOVE(WorkerRelay)

    /// Answers one chat request; the reply goes to `downstream`, now or later.
    void relay(RelayRequest request, std::shared_ptr<Downstream> downstream);

    /// Records a request that was refused before there was anything to relay.
    void recordRefusal(const RelayRequest &request, const ClientError &error);

    [[nodiscard]] const common::Clock &clock() const { return m_clock; }
    /// The newest configuration.
    [[nodiscard]] const std::shared_ptr<const RelayConfig> &config() { return m_config.current(); }
    [[nodiscard]] int sessionsInFlight() const { return static_cast<int>(m_sessions.size()); }
    /// Looks at the limits of all sessions. A timer does it in time; a test that moves its own
    /// clock calls it.
    void checkLimits();
    /// Ends every session with an explicit error.
    void abortAll();

private:
    using Sessions = std::list<std::unique_ptr<RelaySession>>;

    [[nodiscard]] std::vector<RelaySession *> sessions() const;
    void retire(Sessions::iterator session);

    common::Published<RelayConfig>::Reader m_config;
    std::unique_ptr<upstream::HttpClient> m_client;
    RelayState m_shared;
    OutcomeSink &m_outcomes;
    const common::Clock &m_clock;
    RetryBudget m_retries;
    Sessions m_sessions;
    Sessions m_retired; ///< over, but perhaps still on the stack: freed by the event loop
    QTimer m_limitTimer;
    common::Deferred m_bury;
};

} // namespace freerelay::relay
