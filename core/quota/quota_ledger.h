#pragma once

#include "core/catalog/account_page.h"
#include "core/quota/quota_lease.h"
#include "core/quota/quota_pool.h"
#include "core/quota/quota_view.h"
#include "core/quota/records.h"

#include <QByteArray>
#include <QHash>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

namespace freerelay::quota {

/// Who is asked with which key.
struct QuotaTarget
{
    const catalog::Provider &provider;
    const catalog::Model &model;
    const QByteArray &key; ///< fingerprint
};

/// Whether requests of the target are counted in the pool. Pure; any thread.
[[nodiscard]] bool isCountedIn(const PoolId &pool, const QuotaTarget &target);

/// How far a lease may go.
enum class Reach : std::uint8_t {
    Within, ///< only where every known limit has room
    Probe, ///< also beyond a soft limit, where nobody else is probing: how limits are found out
    Anyway, ///< also beyond a soft limit: nothing else is left
};

/// Why there is no lease.
struct LeaseRefusal
{
    Fit fit = Fit::Exhausted;
    common::SteadyTime until; ///< when it would fit, as far as is known
    WindowId window;
};

/// Counts what is used of every provider's quota and lends it to requests before they are sent, so
/// that parallel ones never use more than a known limit. Any thread; its mutex is private and never
/// held across a call out. It outlives its leases.
///
/// A request is counted in the windows of its model and key, and in those that its model shares
/// with others (a pool of the catalogue, or all models of an account: QuotaRules::perModel). Limits
/// are published, told by headers or learned from refusals and successes: QuotaLimit has the rule.
/// Local providers have no quota: their leases count nothing.
class QuotaLedger
{
public:
    explicit QuotaLedger(const common::Clock &clock);
    QuotaLedger(const QuotaLedger &) = delete;
    QuotaLedger &operator=(const QuotaLedger &) = delete;
    ~QuotaLedger() = default;

    /// A request is about to be sent.
    [[nodiscard]] std::variant<QuotaLease, LeaseRefusal>
    take(const QuotaTarget &target, const TokenAsk &ask, Reach reach = Reach::Within);

    /// Smallest share of a limit that is left for the target; 1 = no limit is known.
    [[nodiscard]] double room(const QuotaTarget &target);

    /// What the provider's page about the key says.
    void observeAccount(
        const catalog::Provider &provider,
        const QByteArray &key,
        const std::vector<catalog::AccountFact> &facts);

    /// Pools that are used up, or nearly; what is not named has room.
    [[nodiscard]] std::vector<QuotaConstraint> constraints(const TokenAsk &ask) const;
    /// One atomic load; the usual answer is no.
    [[nodiscard]] bool isAnyTight() const { return m_anyTight.load(std::memory_order_acquire); }

    /// Everything that is known, for people: by provider, key, subject, window.
    [[nodiscard]] std::vector<QuotaWindowView> view() const;

    [[nodiscard]] QuotaBook snapshot() const;
    /// Into a ledger that is new. Windows that are over are dropped.
    void restore(const QuotaBook &book);

    /// Of all pools together; a request in two pools counts twice.
    [[nodiscard]] LeaseCounts counts() const;

private:
    friend class QuotaLease;
    [[nodiscard]] Moment moment() const { return {m_clock.now(), m_clock.wallNow()}; }
    [[nodiscard]] QuotaPool &pool(const PoolId &id);
    [[nodiscard]] LeasePools poolsFor(const QuotaTarget &target, Moment now);
    [[nodiscard]] static std::optional<LeaseRefusal>
    refusal(const LeasePools &pools, const Amount &estimate, Reach reach, bool &probe, Moment now);
    void noteTight(QuotaPool &pool, Moment now);
    void noteTight(const LeasePools &pools, Moment now);

    // what leases do
    void settle(const LeaseTicket &ticket, const UsedTokens &used);
    void release(const LeaseTicket &ticket, LeaseEnd end);
    void observe(const LeaseTicket &ticket, const std::vector<catalog::QuotaFact> &facts);
    [[nodiscard]] QuotaRest refuse(const LeaseTicket &ticket, const Refusal &refusal);

    const common::Clock &m_clock;
    mutable std::mutex m_mutex;
    QHash<PoolId, std::shared_ptr<QuotaPool>> m_pools; ///< advanced also when they are read
    mutable std::vector<QuotaPool *> m_tight;
    std::uint64_t m_lastLease = 0;
    mutable std::atomic<bool> m_anyTight{false};
};

} // namespace freerelay::quota
