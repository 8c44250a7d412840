#pragma once

#include "core/health/sliding_window.h"

#include <cstdint>
#include <optional>

namespace freerelay::health {

/// What is broken of something that works without it.
enum class Feature : std::uint8_t { Stream, Tools, Json };

/// Stable lower-case name of a feature ("stream").
[[nodiscard]] const char *toString(Feature feature);

/// Calls with the feature go elsewhere, all others do not.
struct Degradation
{
    /// Then it is tried again: nothing else would tell that it was mended.
    static constexpr common::Duration length = std::chrono::minutes(10);

    Feature feature = Feature::Stream;
    std::int64_t above = -1; ///< Json: only with more prompt tokens than that; -1 = all
    common::SteadyTime until;
};

[[nodiscard]] bool concerns(const Degradation &degradation, const CallShape &shape);

/// The feature that explains all failures of the window: at least three calls had it and all of
/// them failed, at least two others were answered and none of them failed. Of several features the
/// narrowest. For JSON the others may also be smaller requests for JSON. Pure; any thread.
[[nodiscard]] std::optional<Degradation>
explainFailures(const SlidingWindow &window, common::SteadyTime now);

} // namespace freerelay::health
