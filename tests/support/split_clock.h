#pragma once

#include "core/common/clock.h"

#include <atomic>
#include <cstdint>

namespace freerelay::tests {

/// Two clocks that a test moves by hand, together or apart. Any thread.
class SplitClock final : public common::Clock
{
public:
    /// @param wall  where the calendar begins
    explicit SplitClock(std::chrono::sys_seconds wall)
        : m_wall(common::Duration(wall.time_since_epoch()).count())
    { }

    /// Time passes.
    void advance(common::Duration step)
    {
        m_steady.fetch_add(step.count());
        m_wall.fetch_add(step.count());
    }
    /// The machine sleeps, or somebody sets its clock: only the calendar moves.
    void moveWall(common::Duration step) { m_wall.fetch_add(step.count()); }

    [[nodiscard]] common::SteadyTime now() const override
    {
        return common::SteadyTime(common::Duration(m_steady.load()));
    }
    [[nodiscard]] common::WallTime wallNow() const override
    {
        return common::WallTime(common::Duration(m_wall.load()));
    }

private:
    std::atomic<std::int64_t> m_steady{std::int64_t(3'600) * 1'000'000'000};
    std::atomic<std::int64_t> m_wall;
};

} // namespace freerelay::tests
