#pragma once

#include "core/common/clock.h"
#include "core/relay/records.h"
#include "core/relay/relay_config.h"
#include "core/routing/route_plan.h"

#include <memory>
#include <vector>

namespace freerelay::relay {

/// One request's plan together with the snapshot that its pointers lead into, so that it can be
/// told long after the request. Immutable; any thread.
class PlannedCandidates final : public CandidateList
{
public:
    /// The same moment on both clocks; cool-downs are told in calendar time.
    struct Moment
    {
        common::SteadyTime steady;
        common::WallTime wall;
    };

    PlannedCandidates(
        routing::RoutePlan plan, std::shared_ptr<const RelayConfig> config, Moment madeAt);

    [[nodiscard]] const routing::RoutePlan &plan() const { return m_plan; }
    /// Whether routing took it for a paid one.
    [[nodiscard]] bool isPaid(const routing::Candidate &candidate) const;

    [[nodiscard]] std::vector<CandidateRecord> spellOut() const override;
    [[nodiscard]] std::size_t size() const override
    {
        return m_plan.candidates.size() + m_plan.rejections.size();
    }
    [[nodiscard]] bool isSameAs(const CandidateList &other) const override;
    [[nodiscard]] std::size_t rankedCount() const override { return m_plan.candidates.size(); }

private:
    [[nodiscard]] CandidateRecord
    recordOf(const catalog::Provider &provider, const catalog::Model &model) const;
    [[nodiscard]] common::WallTime wallTimeOf(common::SteadyTime time) const;

    routing::RoutePlan m_plan;
    std::shared_ptr<const RelayConfig> m_config;
    Moment m_madeAt;
};

/// The catalogue's word for how a candidate is paid for ("free"); shares static memory.
[[nodiscard]] QByteArray tierWord(const catalog::Provider &provider, const catalog::Model &model);

/// Whether routing takes the model for a paid one.
[[nodiscard]] bool isPaid(const RelayConfig &config, const catalog::Model &model);

} // namespace freerelay::relay
