#pragma once

#include "core/relay/attempt.h"
#include "core/relay/attempt_health.h"
#include "core/relay/attempt_quota.h"

#include <cstddef>
#include <utility>

namespace freerelay::relay {

/// What an attempt holds while it is under way.
struct AttemptGrant
{
    quota::QuotaLease lease;
    health::CallTicket ticket;
};

/// One attempt with its part of the provider's quota and health, and its place in the record. One
/// thread; destroying it cancels the call.
class AttemptRun
{
public:
    /// Begins the call. @param decided  see Attempt
    /// @param record  its place among the attempts of the request's record
    AttemptRun(
        routing::Candidate candidate,
        AttemptGrant grant,
        AttemptSetup setup,
        std::size_t record,
        upstream::HttpClient &client,
        const common::Clock &clock,
        common::Waiter &decided)
        : m_candidate(std::move(candidate))
        , m_record(record)
        , m_quota(m_candidate, std::move(grant.lease), clock)
        , m_health(std::move(grant.ticket))
        , m_attempt(m_candidate, listening(std::move(setup)), client, clock, decided)
    { }
    Q_DISABLE_COPY_MOVE(AttemptRun)
    ~AttemptRun() = default;

    [[nodiscard]] const routing::Candidate &candidate() const { return m_candidate; }
    [[nodiscard]] std::size_t record() const { return m_record; }
    [[nodiscard]] Attempt &attempt() { return m_attempt; }
    [[nodiscard]] const Attempt &attempt() const { return m_attempt; }
    [[nodiscard]] AttemptQuota &quota() { return m_quota; }
    [[nodiscard]] AttemptHealth &health() { return m_health; }

private:
    AttemptSetup listening(AttemptSetup setup)
    {
        setup.onHead = [this](const common::HeaderList &headers) { m_quota.onHead(headers); };
        return setup;
    }

    routing::Candidate m_candidate;
    std::size_t m_record;
    AttemptQuota m_quota;
    AttemptHealth m_health;
    Attempt m_attempt; ///< last: it tells the others
};

} // namespace freerelay::relay
