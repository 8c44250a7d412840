#pragma once

#include "core/common/clock.h"

#include <optional>

namespace freerelay::health {

/// How long one in a hundred of a model's latest answers took; nullopt = too few are known.
struct Pace
{
    std::optional<common::Duration> ttft; ///< from the call to the first token of a stream
    std::optional<common::Duration> gap; ///< between two parts of a stream
};

} // namespace freerelay::health
