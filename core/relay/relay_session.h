#pragma once

#include "core/common/waiter.h"
#include "core/relay/attempt.h"
#include "core/relay/attempt_health.h"
#include "core/relay/attempt_quota.h"
#include "core/relay/come_back.h"
#include "core/relay/continuable_stream.h"
#include "core/relay/downstream.h"
#include "core/relay/error_reply.h"
#include "core/relay/failure_tally.h"
#include "core/relay/outcome_builder.h"
#include "core/relay/planned_candidates.h"
#include "core/relay/relay_config.h"
#include "core/relay/relay_request.h"
#include "core/relay/relay_state.h"
#include "core/relay/retry_budget.h"

#include <QByteArray>
#include <QCoroTask>

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
/// bears, is passed over as well, and tried all the same when nobody else is left; but before a
/// paid candidate comes one that costs nothing and is only busy. The client is told the verdict of
/// FailureTally when none is left.
///
/// A stream of plain text that breaks off behind the commit point is gone on with by the next
/// candidate, if the settings allow it (ContinuableStream); else it ends in an error event.
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
    QCoro::Task<> trySpared(const std::vector<routing::Candidate> &spared, quota::Reach reach);
    QCoro::Task<>
    tryOne(const routing::Candidate &candidate, quota::Reach reach, health::Need need);
    QCoro::Task<>
    tryCandidate(routing::Candidate candidate, quota::Reach reach, health::CallTicket &ticket);
    [[nodiscard]] std::optional<health::CallTicket>
    admit(const routing::Candidate &candidate, health::Need need);
    [[nodiscard]] std::optional<quota::QuotaLease>
    borrow(const routing::Candidate &candidate, quota::Reach reach);
    [[nodiscard]] bool beginWait();
    [[nodiscard]] common::Duration patience(common::SteadyTime now) const;
    [[nodiscard]] std::optional<ClientError> choose();
    [[nodiscard]] bool isUseless(const routing::Candidate &candidate) const;
    [[nodiscard]] bool mayTryNext();
    void onRefusedByDialect(const routing::Candidate &candidate, const common::Error &error);
    void hideKey(const routing::Candidate &candidate, Attempt &attempt) const;
    void onAttemptFailed(
        const routing::Candidate &candidate, const Attempt &attempt, AttemptQuota &quota);
    NextStep
    settleFailure(const routing::Candidate &candidate, const Attempt &attempt, AttemptQuota &quota);
    void
    noteReply(const routing::Candidate &candidate, const Attempt &attempt, AttemptQuota &quota);
    [[nodiscard]] bool isOutOfTime() const;
    void replyWhole(Attempt &attempt);
    void beginStream(const routing::Candidate &candidate);
    [[nodiscard]] bool leaveToOthers(const routing::Candidate &candidate, const Attempt &attempt);
    void endBroken(const ClientError &error);
    void onStreamEnded(const routing::Candidate &candidate, const Attempt &attempt);
    void replyError(const ClientError &error);
    [[nodiscard]] ClientError finalError();
    [[nodiscard]] ClientError withReasons(ClientError error) const;
    [[nodiscard]] Obstacles obstacles(common::SteadyTime now) const;
    [[nodiscard]] common::HeaderList replyHeaders() const;
    void onClientLeft();
    void conclude();

    RelayServices m_services;
    std::shared_ptr<const RelayConfig> m_config;
    RelayRequest m_request;
    std::shared_ptr<Downstream> m_downstream;
    std::function<void()> m_over;

    std::shared_ptr<const PlannedCandidates> m_planned; ///< null = nothing was planned
    std::size_t m_untried = 0; ///< the first candidate whose turn has not come
    Attempt *m_attempt = nullptr; ///< the one in flight
    bool m_done = false; ///< the client has its answer, or has left
    bool m_headSent = false;
    bool m_concluded = false;
    std::optional<common::SteadyTime> m_stalledSince;
    FailureTally m_tally;
    bool m_mayTryOthers = true;
    bool m_outOfAttempts = false; ///< of number, time or retry budget
    std::vector<quota::CoolDown> m_quotaRests; ///< of candidates that could not be lent a part
    /// Asked when nothing else is left: beyond a limit that may be out of date, or broken off once.
    std::vector<routing::Candidate> m_lastResorts;
    std::shared_ptr<ContinuableStream> m_continuable; ///< null = a broken stream stays broken
    std::optional<RelayRequest> m_rest; ///< what is asked for instead since a stream broke off
    std::optional<ClientError> m_break; ///< why it did
    dialects::TokensBefore m_tokensBefore;
    std::vector<routing::Candidate> m_busy; ///< as many calls are under way there as they bear
    std::vector<routing::Candidate> m_unwell; ///< they fail
    std::optional<common::SteadyTime> m_waitUntil; ///< it waits for a quota until then
    common::Waiter m_waitOver;
    std::chrono::milliseconds m_waited{0};
    std::vector<catalog::Wire> m_unsayable; ///< wires whose dialect cannot say the request
    OutcomeBuilder m_record;
    QCoro::Task<> m_task;
};

} // namespace freerelay::relay
