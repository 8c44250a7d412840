#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace freerelay::telemetry {

enum class MetricKind : std::uint8_t { Counter, Gauge, Histogram };

/// One family of metrics as it is exported.
struct MetricSpec
{
    std::string name;
    MetricKind kind = MetricKind::Counter;
    std::string help;
    /// Names of the labels, each with its value in the child that exists from the start.
    std::vector<std::pair<std::string, std::string>> labels{};
    std::vector<double>
        buckets{}; ///< of a histogram: upper bounds, ascending, in the metric's unit
    bool hasZeroChild = true; ///< false: its only child is made by whoever knows the labels
};

/// Every family, in the order of docs/telemetry.md.
///
/// The names that begin with "freerelay_" are those of the requirements' table of twenty and what
/// that table lacks; "gen_ai_" are OpenTelemetry's semantic conventions for generative AI (text of
/// May 2026, with its buckets) in Prometheus' spelling; "process_" are those that Prometheus' own
/// clients export.
[[nodiscard]] const std::vector<MetricSpec> &metricSpecs();

} // namespace freerelay::telemetry
