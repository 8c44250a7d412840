#pragma once

#include "core/health/health_table.h"

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

/// By provider and model; of several keys of a model each state once.
[[nodiscard]] std::vector<OpenCircuit> openCircuits(const health::HealthTable &health);

} // namespace freerelay::relay
