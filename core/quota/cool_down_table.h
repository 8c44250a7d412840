#pragma once

#include "core/common/clock.h"

#include <QByteArray>
#include <QHash>
#include <QString>

#include <atomic>
#include <mutex>
#include <optional>
#include <vector>

namespace freerelay::quota {

/// What is benched. An empty `model` benches the whole key, an empty `key` every key.
struct CoolDownScope
{
    QByteArray provider;
    QByteArray key; ///< fingerprint
    QByteArray model; ///< full model id
    bool operator==(const CoolDownScope &) const = default;
};

[[nodiscard]] size_t qHash(const CoolDownScope &scope, size_t seed = 0);

/// Why a scope is benched; decides how exhaustion is answered (429 or 503).
enum class CoolDownReason { RateLimited, NoCredit, KeyRejected, Forbidden, ModelGone, Unhealthy };

/// Whether the reason only advises against the scope (it failed a moment ago, and is the last
/// resort) instead of ruling it out.
[[nodiscard]] constexpr bool isOnlyAdvice(CoolDownReason reason)
{
    return reason == CoolDownReason::Unhealthy;
}

/// Whether waiting for a window or for credit helps.
[[nodiscard]] constexpr bool isOfQuota(CoolDownReason reason)
{
    return reason == CoolDownReason::RateLimited || reason == CoolDownReason::NoCredit;
}

/// Stable lower-case name ("rate_limited").
[[nodiscard]] const char *toString(CoolDownReason reason);

struct CoolDown
{
    CoolDownScope scope;
    common::SteadyTime until;
    CoolDownReason reason = CoolDownReason::RateLimited;
    QByteArray detail; ///< the provider's sentence; no secrets
};

/// Whether `a` says more than `b`: what rules out before what advises, then the later end.
[[nodiscard]] bool isStronger(const CoolDown &a, const CoolDown &b);

/// Which key × model must rest, until when, why. In memory; any thread; its mutex is private and
/// never held across a call out.
///
/// What rules a scope out and what advises against it are kept apart: a scope that is rate-limited
/// and failing is both, and neither hides the other.
class CoolDownTable
{
public:
    /// Benches `scope` until `until`. A later end wins; an equal or earlier one changes nothing.
    void bench(
        const CoolDownScope &scope,
        common::SteadyTime until,
        CoolDownReason reason,
        QByteArray detail = {});

    /// Removes every entry of `provider` (of its `key` only, when given): the key was replaced or a
    /// test succeeded.
    void clear(QByteArrayView provider, QByteArrayView key = {});

    /// So much time has passed that the monotonic clock did not count: the machine slept.
    void skip(common::Duration slept);

    /// Forgets the advice against exactly `scope`: it has answered.
    void forgetAdvice(const CoolDownScope &scope);

    /// Whether anything at all is benched at `now`. One atomic load; the usual answer is no.
    [[nodiscard]] bool isAnyActive(common::SteadyTime now) const
    {
        return now.time_since_epoch().count() < m_lastEnd.load(std::memory_order_acquire);
    }

    /// The strongest cool-down that covers provider, key and model at `now`; nullopt = may be used.
    [[nodiscard]] std::optional<CoolDown> covering(
        const QByteArray &provider,
        const QByteArray &key,
        const QByteArray &model,
        common::SteadyTime now) const;

    /// All that are active at `now`, soonest end first.
    [[nodiscard]] std::vector<CoolDown> active(common::SteadyTime now) const;

private:
    using Entries = QHash<CoolDownScope, CoolDown>;

    [[nodiscard]] Entries &entriesFor(CoolDownReason reason)
    {
        return isOnlyAdvice(reason) ? m_advice : m_entries;
    }

    mutable std::mutex m_mutex;
    Entries m_entries; ///< what rules out
    Entries m_advice;
    std::atomic<common::SteadyTime::rep> m_lastEnd{0}; ///< no entry ends later
};

} // namespace freerelay::quota
