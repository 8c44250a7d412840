#pragma once

#include "core/common/clock.h"
#include "core/quota/cool_down_table.h"
#include "core/relay/error_reply.h"
#include "core/relay/records.h"
#include "core/routing/route_plan.h"

#include <chrono>
#include <optional>
#include <vector>

namespace freerelay::relay {

/// When something that failed may be tried again, as far as it is known.
struct ComeBack
{
    std::optional<std::chrono::milliseconds> quota; ///< earliest reset of a quota
    std::optional<std::chrono::milliseconds> any; ///< the same, or the end of a rest after trouble
};

/// What stands in the way of one request's candidates, at its end. Looks at all that could have
/// answered, tried or not. Refers to its arguments; one thread.
class Obstacles
{
public:
    /// @param untried     the first candidate of the plan whose turn has not come
    /// @param quotaRests  candidates for which there was no lease
    Obstacles(
        const routing::RoutePlan &plan,
        std::size_t untried,
        const quota::CoolDownTable &coolDowns,
        const std::vector<quota::CoolDown> &quotaRests,
        common::SteadyTime now);

    [[nodiscard]] const ComeBack &comeBack() const { return m_comeBack; }
    /// One for each model that rests and for each that was tried, the first to come back first;
    /// at most CandidateReason::maxListed.
    [[nodiscard]] std::vector<CandidateReason>
    reasons(const std::vector<AttemptRecord> &attempts) const;

private:
    void considerQuota(const quota::CoolDown &rest);
    void consider(const quota::CoolDown &rest);
    [[nodiscard]] std::chrono::milliseconds waitFor(const quota::CoolDown &rest) const;

    const quota::CoolDownTable &m_coolDowns;
    common::SteadyTime m_now;
    std::vector<quota::CoolDown> m_rests; ///< of models, not over yet
    ComeBack m_comeBack;
};

} // namespace freerelay::relay
