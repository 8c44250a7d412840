#pragma once

#include "core/common/waiter.h"
#include "core/relay/alarm.h"
#include "core/relay/attempt_run.h"
#include "core/relay/candidate_queue.h"
#include "core/relay/client_reply.h"
#include "core/relay/come_back.h"
#include "core/relay/continuation.h"
#include "core/relay/failure_tally.h"
#include "core/relay/hedging.h"
#include "core/relay/outcome_builder.h"
#include "core/relay/relay_config.h"
#include "core/relay/relay_request.h"
#include "core/relay/relay_state.h"
#include "core/relay/retry_budget.h"
#include "core/relay/running_attempts.h"

#include <QCoroTask>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace freerelay::relay {

/// What sessions of one worker share.
struct RelayServices
{
    upstream::HttpClient &client;
    RelayState shared;
    RetryBudget &retries;
    HedgeBudget &hedges;
    Alarm &alarm;
    OutcomeSink &outcomes;
    const common::Clock &clock;
};

/// One request's life, from the route to the last byte. Lives on one worker thread; owned by
/// WorkerRelay, which it tells when it is over.
///
/// Candidates are tried in the plan's order until one answers: before the commit point (the first
/// content) a failure is followed by the next candidate, within one deadline, the attempt limit
/// and the worker's retry budget. What rests by the time its turn comes is passed over, and so is
/// what has no quota left: each attempt is lent its part before it is sent. When nothing but
/// quotas stands in the way and one of them has room again within the client's patience, the
/// request waits for that, once, and plans anew. What fails, or has as many calls under way as it
/// bears, is passed over as well, and tried all the same when nobody else is left (CandidateQueue).
/// The client is told the verdict of FailureTally when none is left.
///
/// When the first answer is overdue a second candidate may be asked beside it (hedging.h): who
/// begins first answers, and the other one is cancelled.
///
/// A stream of plain text that breaks off behind the commit point is gone on with by the next
/// candidate, if the settings allow it (Continuation); else it ends in an error event.
///
/// Its outcome is recorded when the client has its answer; after that it may stay for
/// Attempt::releaseLimit, so that the provider's connection can be used again.
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
    QCoro::Task<> tryAll();
    QCoro::Task<> tryOne(const Turn &turn);
    QCoro::Task<> deliver(AttemptRun &run);
    [[nodiscard]] std::optional<health::CallTicket> admit(const Turn &turn);
    [[nodiscard]] std::unique_ptr<AttemptRun> begin(const Turn &turn, health::CallTicket &ticket);
    [[nodiscard]] std::optional<quota::QuotaLease> borrow(const Turn &turn);
    void watchForDelay();
    void hedge();
    [[nodiscard]] AttemptRun *settleDecided();
    void cancelBeside(const AttemptRun &winner);
    void cancelAll();
    [[nodiscard]] bool beginWait();
    [[nodiscard]] common::Duration patience(common::SteadyTime now) const;
    [[nodiscard]] std::optional<ClientError> choose();
    [[nodiscard]] bool isUseless(const routing::Candidate &candidate) const;
    [[nodiscard]] bool mayTryNext();
    void onRefusedByDialect(const routing::Candidate &candidate, const common::Error &error);
    void hideKey(AttemptRun &run) const;
    void onAttemptFailed(AttemptRun &run);
    NextStep settleFailure(AttemptRun &run);
    void noteReply(AttemptRun &run);
    [[nodiscard]] bool isOutOfTime() const;
    [[nodiscard]] bool leaveToOthers(const AttemptRun &run);
    void onStreamEnded(const AttemptRun &run);
    [[nodiscard]] ClientError finalError();
    [[nodiscard]] ClientError withReasons(ClientError error) const;
    [[nodiscard]] Obstacles obstacles(common::SteadyTime now) const;
    void onClientLeft();
    void conclude();

    RelayServices m_services;
    std::shared_ptr<const RelayConfig> m_config;
    RelayRequest m_request;
    std::function<void()> m_over;
    OutcomeBuilder m_record;
    ClientReply m_reply;
    Continuation m_continuation;

    std::shared_ptr<const PlannedCandidates> m_planned; ///< null = nothing was planned
    CandidateQueue m_queue;
    common::Waiter m_decided; ///< one of those under way is, or the time to hedge has come
    RunningAttempts m_running;
    std::optional<common::SteadyTime> m_hedgeAt;
    bool m_concluded = false;
    std::optional<common::SteadyTime> m_stalledSince;
    FailureTally m_tally;
    bool m_mayTryOthers = true;
    bool m_outOfAttempts = false; ///< of number, time or retry budget
    std::vector<quota::CoolDown> m_quotaRests; ///< of candidates that could not be lent a part
    std::optional<common::SteadyTime> m_waitUntil; ///< it waits for a quota until then
    common::Waiter m_waitOver;
    std::vector<catalog::Wire> m_unsayable; ///< wires whose dialect cannot say the request
    QCoro::Task<> m_task;
};

} // namespace freerelay::relay
