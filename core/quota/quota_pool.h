#pragma once

#include "core/catalog/quota_fact.h"
#include "core/quota/quota_window.h"
#include "core/quota/token_ratio.h"

#include <QByteArray>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace freerelay::quota {

/// Whose windows: those of one model with one key, or of several models with it.
struct PoolId
{
    QByteArray provider;
    QByteArray key; ///< fingerprint
    QByteArray subject; ///< full model id; shared: name of the pool, "" = all models
    bool shared = false;

    bool operator==(const PoolId &) const = default;
};

[[nodiscard]] size_t qHash(const PoolId &id, size_t seed = 0);

/// What one request takes.
struct Amount
{
    std::int64_t requests = 1;
    TokenAmount tokens;

    [[nodiscard]] std::int64_t of(catalog::QuotaUnit unit) const;
};

/// How many requests were counted, and what became of them: taken = settled + released + open.
struct LeaseCounts
{
    std::uint64_t taken = 0;
    std::uint64_t settled = 0;
    std::uint64_t released = 0;
    std::uint64_t open = 0;
};

/// The tightest window for one amount.
struct PoolFit
{
    Fit fit = Fit::Room;
    common::SteadyTime until; ///< when it fits; with Beyond and Exhausted
    WindowId window{};
};

/// Windows that are counted together, with the leases that are open. One thread at a time.
class QuotaPool
{
public:
    static constexpr std::size_t maxWindows = 12;
    /// OpenRouter was seen to cache its page for a minute.
    static constexpr std::chrono::minutes accountLag{2};

    explicit QuotaPool(PoolId id)
        : m_id(std::move(id))
    { }

    [[nodiscard]] const PoolId &id() const { return m_id; }
    [[nodiscard]] const LeaseCounts &counts() const { return m_counts; }
    [[nodiscard]] std::vector<QuotaWindow> &windows() { return m_windows; }
    [[nodiscard]] const std::vector<QuotaWindow> &windows() const { return m_windows; }
    [[nodiscard]] TokenRatio &ratio() { return m_ratio; }
    [[nodiscard]] const TokenRatio &ratio() const { return m_ratio; }

    /// Makes the windows that `limits` name, with the catalogue's word for them; once for each
    /// object. A model's own pool has the four usual windows in any case: errors teach their
    /// limits.
    void equip(const catalog::FreeLimits &limits, const catalog::QuotaRules &rules, Moment now);
    /// The window, made when it is new; null when there are too many.
    QuotaWindow *window(WindowId id, const catalog::QuotaRules &rules, Moment now);
    QuotaWindow *restoredWindow(const QuotaWindowRecord &record, Moment now);

    void advance(Moment now);
    [[nodiscard]] PoolFit fit(const Amount &amount, Moment now) const;
    /// Smallest share of a limit that is left; 1 = no limit is known.
    [[nodiscard]] double room(Moment now) const;
    [[nodiscard]] bool isTight(Moment now) const { return room(now) < QuotaWindow::tightRoom; }
    /// Whether one of its windows does.
    [[nodiscard]] bool runsLow(Moment now) const;

    void charge(std::uint64_t lease, const Amount &estimate, bool probe);
    [[nodiscard]] bool hasOpenProbe() const { return m_openProbes > 0; }
    /// The request is answered: `actual` replaces the estimate.
    void settle(std::uint64_t lease, const Amount &actual, Moment now);
    /// Nothing or only `kept` of the request counts.
    void release(std::uint64_t lease, const Amount &kept, Moment now);

    /// The head of the lease's reply is here, with what it says. @param lease  0 = of none
    ///
    /// With the source AccountApi: a page that may be up to accountLag old says it. What was
    /// counted since the last look may be in its figure or not, so that our own count stays where
    /// it agrees with that; and a day that has just begun is not given the figure of the one
    /// before.
    void observe(
        std::uint64_t lease,
        const std::vector<catalog::QuotaFact> &facts,
        const catalog::QuotaRules &rules,
        QuotaSource source,
        Moment now);

private:
    struct Charge
    {
        ChargeMark mark;
        std::int64_t amount = 0; ///< that is counted in the use
    };
    struct OpenLease
    {
        std::uint64_t id = 0;
        Amount estimate;
        bool probe = false;
        bool headSeen = false; ///< the provider has counted it
        std::array<Charge, maxWindows> charges{};
    };

    [[nodiscard]] OpenLease *find(std::uint64_t lease);
    void close(OpenLease &lease);
    void correct(OpenLease &lease, const Amount &actual);
    [[nodiscard]] static std::optional<std::int64_t>
    usedBy(const catalog::QuotaFact &fact, QuotaWindow &window, Moment now);
    void observeWindow(
        std::size_t index,
        const catalog::QuotaFact &fact,
        OpenLease *lease,
        bool isLate,
        Moment now);
    [[nodiscard]] static std::int64_t
    uncountedOf(const OpenLease &open, catalog::QuotaUnit unit, bool hasBegun);
    [[nodiscard]] std::optional<catalog::QuotaFact>
    caughtUp(std::size_t index, const catalog::QuotaFact &fact, Moment now);

    PoolId m_id;
    const catalog::FreeLimits *m_equippedFor = nullptr; ///< only compared
    std::vector<QuotaWindow> m_windows;
    std::vector<OpenLease> m_open;
    int m_openProbes = 0;
    std::uint64_t m_lastSeen = 0; ///< the newest lease whose head was observed
    std::array<std::int64_t, maxWindows> m_lastTold{}; ///< used, by the newest reply
    std::array<std::int64_t, maxWindows> m_lastLook{}; ///< used, when the account page was read
    LeaseCounts m_counts;
    TokenRatio m_ratio;
};

} // namespace freerelay::quota
