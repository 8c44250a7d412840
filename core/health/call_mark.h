#pragma once

#include "core/common/clock.h"

#include <cstdint>

namespace freerelay::health {

/// What of a call may be broken while others still work.
struct CallShape
{
    bool stream = false;
    bool tools = false;
    bool json = false; ///< a JSON schema is asked for
    std::int64_t promptTokens = 0; ///< estimated
};

/// How one call ended.
struct CallMark
{
    common::SteadyTime at;
    bool failed = false;
    bool slow = false; ///< it was answered, but late
    std::uint32_t source = 0; ///< which target it went to, where several are looked at
    CallShape shape{};
};

} // namespace freerelay::health
