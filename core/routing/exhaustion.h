#pragma once

#include "core/routing/route_plan.h"

#include <chrono>
#include <optional>

namespace freerelay::routing {

/// Why no candidate is left, ready to be told to a client.
struct Exhaustion
{
    common::Error error;
    /// OpenAI's code where the kind alone does not say it ("context_length_exceeded").
    QByteArray code{};
    /// Time until the earliest candidate may be used again; set when waiting helps.
    std::optional<std::chrono::milliseconds> retryAfter{};
};

/// Explains an empty plan from its rejections. Pure; any thread.
///
/// What waiting cures comes first, then what the user's mode forbids, then what no model can do,
/// then what is not set up:
/// | rejections                            | kind             |
/// |---------------------------------------|------------------|
/// | a rest by rate limit or credit        | QuotaExhausted, with the earliest reset |
/// | another rest (keys, models gone)      | Unavailable, names the provider, with its end |
/// | forbidden by the mode                 | PermissionDenied |
/// | window too small                      | InvalidArgument, context_length_exceeded |
/// | no tools, images or schema            | InvalidArgument  |
/// | no chat model, unspoken wire          | InvalidArgument  |
/// | deprecated only                       | Unavailable      |
/// | barred providers (no key, consent, …) | Unavailable, names them and the way out |
/// | none                                  | Unavailable, says how to add a key |
///
/// @param requested  the name the client asked for, for the sentence
[[nodiscard]] Exhaustion
explainExhaustion(const RoutePlan &plan, QByteArrayView requested, common::SteadyTime now);

} // namespace freerelay::routing
