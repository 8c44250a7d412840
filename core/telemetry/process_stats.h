#pragma once

#include <optional>

namespace freerelay::telemetry {

class Metrics;

/// What the system says about this process; nullopt where it does not.
struct ProcessStats
{
    std::optional<double> cpuSeconds; ///< user and system
    std::optional<double> residentBytes;
    std::optional<double> virtualBytes;
    std::optional<double> threads;
    std::optional<double> openDescriptors;
    std::optional<double> maxDescriptors;
    std::optional<double> startSeconds; ///< since 1970-01-01T00:00:00Z

    /// Reads /proc (proc(5)); everything is unknown on systems without it. Any thread.
    [[nodiscard]] static ProcessStats read();
};

/// Has `metrics` export the process_ family of figures.
void sampleProcess(Metrics &metrics);

} // namespace freerelay::telemetry
