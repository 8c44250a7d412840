#pragma once

#include "core/relay/relay_config.h"
#include "core/relay/relay_request.h"
#include "core/relay/relay_state.h"
#include "core/routing/route_plan.h"

#include <algorithm>
#include <optional>

namespace freerelay::relay {

/// Hedged requests (Dean, Barroso: The Tail at Scale, CACM 2013): an answer that is slower than
/// usual is asked for at a second provider as well, and whoever begins first answers. Here within
/// narrow bounds, since it costs quota.

/// At most this share of a worker's requests is asked twice; a few may be saved up. One thread.
class HedgeBudget
{
public:
    static constexpr double perRequest = 0.03;
    static constexpr double capacity = 3;

    /// A request has come in.
    void deposit() { m_tokens = std::min(m_tokens + perRequest, capacity); }
    [[nodiscard]] bool hasOne() const { return m_tokens >= 1; }
    void withdraw() { m_tokens -= 1; }

private:
    double m_tokens = 0;
};

/// What must be left of the scarcest window of who is asked in addition.
inline constexpr double spareRoom = 0.25;

/// Whether the request may be asked twice at all: somebody waits for its first words (it is an
/// interactive stream), and asking twice cannot do anything twice (it brings no tools). In a
/// brownout only the precise are.
[[nodiscard]] bool
mayHedge(const RelayRequest &request, const RelayConfig &config, const health::HealthTable &health);

/// When an answer by `first` is overdue: after the p95 of its times to the first token. nullopt as
/// long as too few answers are known, and for what it would ask again at the same place.
[[nodiscard]] std::optional<common::SteadyTime> overdueAt(
    const routing::Candidate &first,
    common::SteadyTime startedAt,
    const health::HealthTable &health);

/// Whether `second` may be asked while `first` is late: another provider, which is well, costs
/// nothing, and has more than spareRoom of its quota left.
[[nodiscard]] bool suitsAsHedge(
    const routing::Candidate &second,
    const routing::Candidate &first,
    const RelayConfig &config,
    quota::QuotaLedger &quota);

} // namespace freerelay::relay
