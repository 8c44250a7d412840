#pragma once

#include "core/common/clock.h"
#include "core/dialects/provider_error.h"
#include "core/quota/cool_down_table.h"
#include "core/routing/route_plan.h"

#include <QByteArray>
#include <QHash>

#include <mutex>
#include <optional>

namespace freerelay::relay {

/// What to do after a failed attempt.
enum class NextStep {
    TryNext,
    GiveUp, ///< no other candidate would do better: tell the client
};

/// Turns a classified failure into a cool-down and the next step, and remembers how often a key was
/// rejected in a row so that its rests grow. Shared by all workers; any thread. That an endpoint
/// keeps failing is the health table's: here it is only advised against for a moment, or for as
/// long as the provider says itself.
///
/// Scope is key × model wherever the provider does not say otherwise: a wider one takes models
/// out of service that would still answer. Local endpoints are never benched.
class FailurePolicy
{
public:
    FailurePolicy(quota::CoolDownTable &coolDowns, const common::Clock &clock);

    /// Benches what the failure says and tells how to go on.
    /// @param quotaBack  when the quota ledger expects the provider to have room again; only with
    ///     FailureClass::RateLimited
    NextStep onFailure(
        const routing::Candidate &candidate,
        const dialects::ProviderFailure &failure,
        std::optional<common::SteadyTime> quotaBack = std::nullopt);
    /// The endpoint answered: no advice against it holds, and its key's next rest starts small.
    void onSuccess(const routing::Candidate &candidate);

private:
    struct Rest
    {
        quota::CoolDownScope scope;
        common::Duration length;
        quota::CoolDownReason reason;
    };
    [[nodiscard]] std::optional<Rest>
    restFor(const routing::Candidate &candidate, const dialects::ProviderFailure &failure);
    [[nodiscard]] common::Duration growing(
        const quota::CoolDownScope &scope,
        common::Duration first,
        common::Duration longest,
        int factor);

    quota::CoolDownTable &m_coolDowns;
    const common::Clock &m_clock;
    std::mutex m_mutex;
    QHash<quota::CoolDownScope, int> m_failuresInARow;
};

} // namespace freerelay::relay
