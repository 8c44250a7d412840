#pragma once

#include "core/health/brownout.h"
#include "core/health/health_table.h"
#include "core/relay/relay_config.h"

#include <QByteArray>

#include <chrono>
#include <optional>
#include <vector>

namespace freerelay::relay {

/// Something that requests avoid because it fails, for /health. Names no key.
struct OpenCircuit
{
    QByteArray provider;
    QByteArray model; ///< full id; "" = the whole provider
    QByteArray state; ///< "open", "half_open", "degraded"
    QByteArray feature; ///< with "degraded": what is broken ("stream", "tools", "json")
    std::optional<std::chrono::seconds> retryAfter; ///< with "open": until it is tried again
};

/// What Brownout is to know: how many of the providers that requests may go to are open. Local ones
/// are not among them.
[[nodiscard]] health::BrownoutReading
brownoutReading(const RelayConfig &config, const health::HealthTable &health);

/// By provider and model; of several keys of a model each state once.
[[nodiscard]] std::vector<OpenCircuit> openCircuits(const health::HealthTable &health);

} // namespace freerelay::relay
