#pragma once

#include "core/catalog/quota_fact.h"
#include "core/quota/quota_pool.h"

#include <chrono>
#include <optional>
#include <vector>

namespace freerelay::quota {

class QuotaLedger;

/// The pools that one request is counted in.
struct LeasePools
{
    QuotaPool *model = nullptr; ///< null = nothing is counted
    QuotaPool *shared = nullptr; ///< null = the model shares no quota

    /// The one that headers and errors without further words speak of.
    [[nodiscard]] QuotaPool &home() const { return shared != nullptr ? *shared : *model; }
};

/// What a lease stands for.
struct LeaseTicket
{
    std::uint64_t id = 0;
    LeasePools pools;
    catalog::QuotaRules rules; ///< without its headers
    TokenAsk ask;
    Amount estimate;
};

/// Tokens of an answer as its usage tells them.
struct UsedTokens
{
    std::optional<std::int64_t> prompt; ///< nullopt = not told: the estimate stays
    std::optional<std::int64_t> completion;
    std::int64_t cached = 0; ///< part of prompt
};

/// How a request ended that was not answered.
enum class LeaseEnd : std::uint8_t {
    NotSent, ///< nothing counts
    Failed, ///< it was sent, and the provider could not answer
    Aborted, ///< the client left while it was being answered: what was estimated counts
};

/// What a provider that refused (429) said.
struct Refusal
{
    std::vector<catalog::QuotaFact> facts; ///< of its body and of the headers that the body quotes
    std::optional<std::chrono::milliseconds> retryAfter;
    bool daily = false; ///< its words speak of a day
};

/// What must rest after a refusal.
struct QuotaRest
{
    common::SteadyTime until;
    WindowId window;
    PoolId pool;
};

/// One request's part of the quota, from before it is sent until its end is known. Destroyed
/// without a word it counts as LeaseEnd::Failed. Move only; one thread at a time.
class QuotaLease
{
public:
    /// Counts nothing.
    QuotaLease() = default;
    QuotaLease(QuotaLedger &ledger, LeaseTicket ticket);
    QuotaLease(QuotaLease &&other) noexcept;
    QuotaLease &operator=(QuotaLease &&other) noexcept;
    QuotaLease(const QuotaLease &) = delete;
    QuotaLease &operator=(const QuotaLease &) = delete;
    ~QuotaLease();

    [[nodiscard]] bool isOpen() const { return m_ledger != nullptr; }
    /// What was counted for it; tests and records.
    [[nodiscard]] const Amount &estimate() const { return m_ticket.estimate; }

    /// The head of the reply is here: its headers' facts, also when there are none.
    void observe(const std::vector<catalog::QuotaFact> &facts);
    /// It was answered. Ends the lease.
    void settle(const UsedTokens &used);
    /// It was not. Ends the lease.
    void release(LeaseEnd end);
    /// It was refused for its quota: learns, and rests the window. Ends the lease.
    /// @return nullopt when nothing is counted
    std::optional<QuotaRest> refuse(const Refusal &refusal);

private:
    QuotaLedger *m_ledger = nullptr; ///< null = over
    LeaseTicket m_ticket;
};

} // namespace freerelay::quota
