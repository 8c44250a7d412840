#pragma once

#include <QDateTime>

#include <chrono>
#include <optional>
#include <vector>

namespace freerelay::interfaces {

/// How circuits stand (docs/health.md): calls go there, one at a time does, or they go elsewhere.
enum class CircuitLevel { Closed, HalfOpen, Open };

/// How a provider was at one moment, all its models and keys together.
struct HealthSample
{
    /// Time to the first token of half and of 95 % of its streams; the latest weigh most.
    std::optional<std::chrono::microseconds> ttftP50;
    std::optional<std::chrono::microseconds> ttftP95;
    /// Share of the calls that ended in the minute before and had failed; nullopt = none ended.
    std::optional<double> errorRate;
    CircuitLevel circuit = CircuitLevel::Closed; ///< the worst of its circuits
    int unwell = 0; ///< circuits that are not closed, of models with keys that were called
    int circuits = 0; ///< all of these
    std::optional<int> limit; ///< of calls at once; nullopt = there is none
    int underWay = 0; ///< calls

    bool operator==(const HealthSample &) const = default;
};

/// How a provider was in the last minutes, a sample for each step.
struct HealthFigures
{
    QDateTime start; ///< of the first step
    std::chrono::seconds step{5};
    std::vector<std::optional<HealthSample>> samples; ///< oldest first; nullopt = nothing is known
};

} // namespace freerelay::interfaces
