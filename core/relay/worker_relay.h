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
class WorkerRelay final : public QObject, private Alarm
{
    Q_OBJECT

public:
    /// How often limits are looked at; they are seconds, so this need not be fine.
    static constexpr std::chrono::milliseconds limitCheckInterval{250};
    /// How long after its beginning a worker keeps requests waiting for the first reading of the
    /// keys. A keychain that asks its user for a password takes longer: that is said then.
    static constexpr std::chrono::seconds earlyPatience{5};

    WorkerRelay(
        const common::Published<RelayConfig> &config,
        std::unique_ptr<upstream::HttpClient> client,
        const RelayState &shared,
        OutcomeSink &outcomes,
        const common::Clock &clock);
    ~WorkerRelay() override;
    Q_DISABLE_COPY_MOVE(WorkerRelay)

    /// Answers one chat request; the reply goes to `downstream`, now or later. One that comes while
    /// the program is just starting waits until the keys are read.
    void relay(RelayRequest request, std::shared_ptr<Downstream> downstream);

    /// Records a request that was refused before there was anything to relay.
    void recordRefusal(const RelayRequest &request, const ClientError &error);

    /// What became of an answer that was sent again.
    struct Replay
    {
        common::WallTime time; ///< when the request came
        common::Duration duration{0};
        int status = 0; ///< 0 = the client left before
        bool stream = false;
        bool broken = false; ///< a stream without its proper end
        bool left = false; ///< the client, before it had all
    };
    /// Records a request whose answer was there already: nobody was asked, no token was used.
    void recordReplay(const RelayRequest &request, const Replay &replay);

    /// What became of a program that was run in place of asking a provider.
    struct ProgramRun
    {
        common::WallTime time; ///< when the request came
        common::Duration duration{0};
        int status = 0;
        bool broken = false; ///< a stream without its proper end
        std::optional<std::int64_t> promptTokens{};
        std::optional<std::int64_t> completionTokens{};
    };
    /// Records it. @param error  null = it went well, or the client left
    void recordRun(const RelayRequest &request, const ProgramRun &run, const ClientError *error);

    [[nodiscard]] const common::Clock &clock() const { return m_clock; }
    /// The newest configuration.
    [[nodiscard]] const std::shared_ptr<const RelayConfig> &config() { return m_config.current(); }
    /// Most providers fail; see HealthTable::isBrownout().
    [[nodiscard]] bool isBrownout() const { return m_shared.health.isBrownout(); }
    [[nodiscard]] int sessionsInFlight() const
    {
        return static_cast<int>(m_sessions.size() + m_early.size());
    }
    /// Looks at the limits of all sessions. A timer does it in time; a test that moves its own
    /// clock calls it.
    void checkLimits();
    /// Ends every session with an explicit error.
    void abortAll();

private:
    using Sessions = std::list<std::unique_ptr<RelaySession>>;

    /// A request that came before the keys were read.
    struct Early
    {
        RelayRequest request;
        std::shared_ptr<Downstream> downstream;
    };

    void wakeAt(common::SteadyTime time) override;
    [[nodiscard]] bool isEarly(common::SteadyTime now);
    void begin(RelayRequest request, std::shared_ptr<Downstream> downstream);
    void beginEarly();
    [[nodiscard]] std::vector<RelaySession *> sessions() const;
    void retire(Sessions::iterator session);

    common::Published<RelayConfig>::Reader m_config;
    std::unique_ptr<upstream::HttpClient> m_client;
    RelayState m_shared;
    OutcomeSink &m_outcomes;
    const common::Clock &m_clock;
    common::SteadyTime m_startedAt;
    RetryBudget m_retries;
    HedgeBudget m_hedges;
    std::vector<Early> m_early;
    Sessions m_sessions;
    Sessions m_retired; ///< over, but perhaps still on the stack: freed by the event loop
    QTimer m_limitTimer;
    QTimer m_alarm; ///< for the earliest of those that want to be looked at sooner
    common::Deferred m_bury;
};

} // namespace freerelay::relay
