#pragma once

#include "core/relay/error_reply.h"
#include "core/relay/planned_candidates.h"
#include "core/relay/records.h"
#include "core/relay/relay_config.h"
#include "core/relay/relay_request.h"
#include "core/relay/relay_state.h"

#include <memory>

namespace freerelay::relay {

/// Who may answer a request, and what is recorded of the decision.
struct RequestPlan
{
    std::shared_ptr<const PlannedCandidates> candidates;
    RoutingDecision decision;
};

/// Decides with what is known of quotas and health now. Any thread.
/// @return NotFound when the name that was asked for means nothing
[[nodiscard]] common::Result<RequestPlan> planRequest(
    const RelayRequest &request,
    const std::shared_ptr<const RelayConfig> &config,
    const RelayState &state,
    const common::Clock &clock);

/// What the client is told when the plan has no candidate.
[[nodiscard]] ClientError explainEmpty(
    const routing::RoutePlan &plan,
    const RelayRequest &request,
    const RelayConfig &config,
    common::SteadyTime now);

} // namespace freerelay::relay
