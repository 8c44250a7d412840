#pragma once

#include <chrono>

namespace freerelay::common {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;
using Duration = std::chrono::nanoseconds;

/// Source of time, passed in so that tests can move it by hand. Any thread.
class Clock
{
public:
    virtual ~Clock() = default;
    /// Monotonic: for durations, deadlines, cool-downs.
    [[nodiscard]] virtual SteadyTime now() const = 0;
    /// Calendar time: for what a person or a wire format sees.
    [[nodiscard]] virtual WallTime wallNow() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock
{
public:
    [[nodiscard]] SteadyTime now() const override { return std::chrono::steady_clock::now(); }
    [[nodiscard]] WallTime wallNow() const override { return std::chrono::system_clock::now(); }
};

} // namespace freerelay::common
