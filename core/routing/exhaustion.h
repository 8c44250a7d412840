#pragma once

#include "core/routing/route_plan.h"

#include <chrono>
#include <optional>

namespace freerelay::routing {

/// Why no candidate is left, ready to be told to a client.
struct Exhaustion
{
    common::Error error;
    /// Time until the earliest candidate may be used again; set when waiting helps.
    std::optional<std::chrono::milliseconds> retryAfter;
};

/// Explains an empty plan from its rejections. Pure; any thread.
///
/// Kinds: QuotaExhausted (everything that fits is resting because of its quota) with the earliest
/// reset; Unavailable (resting for other reasons, or nothing configured: says how to add a key);
/// PermissionDenied (the mode forbids all that would fit); InvalidArgument (no usable model has
/// the needed capability or window: names it).
/// @param requested  the name the client asked for, for the sentence
[[nodiscard]] Exhaustion explainExhaustion(
    const RoutePlan &plan, QByteArrayView requested, common::Mode mode, common::SteadyTime now);

} // namespace freerelay::routing
