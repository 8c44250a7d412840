#pragma once

#include "core/common/waiter.h"
#include "core/dialects/chat_request.h"
#include "core/relay/attempt.h"
#include "core/relay/downstream.h"
#include "core/relay/error_reply.h"
#include "core/relay/failure_policy.h"
#include "core/relay/records.h"
#include "core/relay/relay_config.h"
#include "core/relay/retry_budget.h"

#include <QByteArray>
#include <QCoroTask>

#include <memory>
#include <optional>

namespace freerelay::relay {

/// What sessions of one worker share.
struct RelayServices
{
    upstream::HttpClient &client;
    quota::CoolDownTable &coolDowns;
    FailurePolicy &failures;
    RetryBudget &retries;
    OutcomeSink &outcomes;
    const common::Clock &clock;
};

/// One chat request as it came in.
struct RelayRequest
{
    dialects::ChatRequest chat;
    std::optional<common::Mode> mode; ///< asked for by the client; else the configured one
    QByteArray requestId;
    QByteArray hops; ///< hop header to send on
};

/// One request's life, from the route to the last byte. Lives on one worker thread; owned by
/// WorkerRelay, which it tells when it is over.
class RelaySession final
{
public:
    /// The longest a client may leave a full buffer unread.
    static constexpr std::chrono::minutes stalledReaderLimit{10};

    RelaySession(
        RelayServices services,
        std::shared_ptr<const RelayConfig> config,
        RelayRequest request,
        std::shared_ptr<Downstream> downstream);
    Q_DISABLE_COPY_MOVE(RelaySession)
    ~RelaySession() = default;

    /// Begins; `over` is called exactly once, possibly before start() returns.
    void start(std::function<void()> over);
    /// Ends with an error reply or event: the program is stopping.
    void abort();
    /// Looks at limits; called a few times a second.
    void checkLimits(common::SteadyTime now);

private:
    QCoro::Task<> run();
    QCoro::Task<> tryCandidate(routing::Candidate candidate);
    [[nodiscard]] std::optional<ClientError> choose();
    [[nodiscard]] common::Result<AttemptSetup> prepare(const routing::Candidate &candidate) const;
    [[nodiscard]] bool isResting(const routing::Candidate &candidate) const;
    [[nodiscard]] bool mayTryNext();
    void onAttemptFailed(const routing::Candidate &candidate, const Attempt &attempt);
    void addRecord(const routing::Candidate &candidate, const Attempt &attempt);
    void replyWhole(const routing::Candidate &candidate, Attempt &attempt);
    void beginStream(const routing::Candidate &candidate);
    void onStreamEnded(const Attempt &attempt);
    void replyError(const ClientError &error);
    [[nodiscard]] ClientError finalError() const;
    [[nodiscard]] common::HeaderList replyHeaders(const routing::Candidate *candidate) const;
    void noteSuccess(const routing::Candidate &candidate, const Attempt &attempt);
    void finish();

    RelayServices m_services;
    std::shared_ptr<const RelayConfig> m_config;
    RelayRequest m_request;
    std::shared_ptr<Downstream> m_downstream;
    std::function<void()> m_over;

    common::SteadyTime m_startedAt;
    routing::RoutePlan m_plan;
    Attempt *m_attempt = nullptr; ///< the one in flight
    bool m_done = false; ///< the client has its answer, or has left
    bool m_headSent = false;
    std::optional<common::SteadyTime> m_stalledSince;
    std::optional<dialects::ProviderFailure> m_lastFailure;
    QByteArray m_lastProvider;
    std::optional<std::chrono::milliseconds> m_earliestReset;
    NextStep m_nextStep = NextStep::TryNext;
    Outcome m_outcome;
    QCoro::Task<> m_task;
};

} // namespace freerelay::relay
