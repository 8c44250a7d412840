#include "request_plan.h"

#include "core/relay/app_rights.h"
#include "core/relay/attempt_health.h"
#include "core/relay/record_words.h"
#include "core/routing/exhaustion.h"

#include <utility>

namespace freerelay::relay {

namespace {

RoutingDecision
decisionOf(const RelayRequest &request, const RelayConfig &config, const routing::RoutePlan &plan)
{
    const dialects::RequestNeeds &needs = request.chat.needs;
    RoutingDecision decision;
    decision.mode = plan.mode;
    decision.target = wordFor(plan.asked);
    decision.needsTools = needs.tools;
    decision.needsVision = needs.vision;
    decision.needsJsonSchema = needs.jsonSchema;
    decision.promptTokensEstimated = needs.promptTokensEstimated;
    decision.outputTokensRequested = needs.outputTokensRequested;
    decision.snapshotVersion = config.version;
    return decision;
}

} // namespace

common::Result<RequestPlan> planRequest(
    const RelayRequest &request,
    const std::shared_ptr<const RelayConfig> &config,
    const RelayState &state,
    const common::Clock &clock)
{
    const common::SteadyTime now = clock.now();
    const dialects::RequestNeeds &needs = request.chat.needs;
    const bool isChat = request.chat.task == catalog::Task::Chat;
    const routing::Requirements requirements{
        needs.tools,
        needs.vision,
        needs.jsonSchema,
        // Each text of a batch is read by itself: the sum tells nothing about the window.
        isChat ? needs.promptTokensEstimated + needs.outputTokensRequested : 0,
        request.chat.task};
    const std::vector<quota::QuotaConstraint> quotas = state.quota.constraints(
        {needs.promptTokensEstimated, needs.outputTokensRequested});
    const std::vector<health::UnwellTarget> unwell = state.health.unwell(shapeOf(request));
    routing::RoutingSnapshot snapshot = config->routingSnapshot(state.coolDowns);
    snapshot.quotas = quotas;
    snapshot.unwell = unwell;
    restrict(snapshot, request);
    auto plan = routing::plan(
        snapshot, modeFor(request, *config), request.chat.model, requirements, now);
    if (!plan) {
        return common::failure(std::move(plan.error()));
    }
    RequestPlan result;
    result.decision = decisionOf(request, *config, *plan);
    result.candidates = std::make_shared<const PlannedCandidates>(
        *std::move(plan), config, PlannedCandidates::Moment{now, clock.wallNow()});
    result.decision.candidates = result.candidates;
    result.decision.duration = clock.now() - now;
    return result;
}

ClientError explainEmpty(
    const routing::RoutePlan &plan,
    const RelayRequest &request,
    const RelayConfig &config,
    common::SteadyTime now)
{
    if (!config.keysUnreadable.isEmpty()) {
        return toClientError(
            common::Error{common::ErrorKind::KeychainUnavailable, config.keysUnreadable});
    }
    const routing::Exhaustion exhaustion = routing::explainExhaustion(
        plan, request.chat.model, now);
    ClientError error = toClientError(exhaustion.error);
    error.retryAfter = exhaustion.retryAfter;
    if (!exhaustion.code.isEmpty()) {
        error.code = exhaustion.code;
    }
    return toldToApp(std::move(error), request);
}

} // namespace freerelay::relay
