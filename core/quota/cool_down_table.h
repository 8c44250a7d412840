#pragma once

#include "core/common/clock.h"

#include <QByteArray>
#include <QHash>
#include <QString>

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

struct CoolDown
{
    CoolDownScope scope;
    common::SteadyTime until;
    CoolDownReason reason = CoolDownReason::RateLimited;
    QByteArray detail; ///< the provider's sentence; no secrets
};

/// Which key × model must rest, until when, why. In memory; any thread; its mutex is private and
/// never held across a call out.
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

    /// The longest cool-down that covers provider, key and model at `now`; nullopt = may be used.
    [[nodiscard]] std::optional<CoolDown> covering(
        const QByteArray &provider,
        const QByteArray &key,
        const QByteArray &model,
        common::SteadyTime now) const;

    /// All that are active at `now`, soonest end first.
    [[nodiscard]] std::vector<CoolDown> active(common::SteadyTime now) const;

private:
    mutable std::mutex m_mutex;
    QHash<CoolDownScope, CoolDown> m_entries;
};

} // namespace freerelay::quota
