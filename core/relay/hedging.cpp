#include "hedging.h"

#include "core/relay/planned_candidates.h"

namespace freerelay::relay {

bool mayHedge(
    const RelayRequest &request, const RelayConfig &config, const health::HealthTable &health)
{
    return config.hedging && request.chat.stream && request.latency == LatencyClass::Interactive
        && !request.chat.needs.tools && (request.isPrecise || !health.isBrownout());
}

std::optional<common::SteadyTime> overdueAt(
    const routing::Candidate &first,
    common::SteadyTime startedAt,
    const health::HealthTable &health)
{
    const auto late = health.lateTtft({*first.provider, *first.model, first.key});
    return late ? std::optional(startedAt + *late) : std::nullopt;
}

bool suitsAsHedge(
    const routing::Candidate &second,
    const routing::Candidate &first,
    const RelayConfig &config,
    quota::QuotaLedger &quota)
{
    return second.provider != first.provider && !second.unwellUntil && !second.beyondQuota
        && !isPaid(config, *second.model)
        && quota.room({*second.provider, *second.model, second.key}) > spareRoom;
}

} // namespace freerelay::relay
