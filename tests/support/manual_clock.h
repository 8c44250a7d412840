#pragma once

#include "core/common/clock.h"

#include <atomic>
#include <cstdint>

namespace freerelay::tests {

/// A clock that moves only when told. Any thread.
class ManualClock final : public common::Clock
{
public:
    void advance(common::Duration step) { m_offset.fetch_add(step.count()); }
    /// The machine sleeps, or somebody sets its clock: only the calendar moves.
    void moveWall(common::Duration step) { m_wallShift.fetch_add(step.count()); }

    [[nodiscard]] common::SteadyTime now() const override
    {
        return common::SteadyTime(common::Duration(m_offset.load()));
    }
    /// Starts at 2026-11-24T00:00:00Z.
    [[nodiscard]] common::WallTime wallNow() const override
    {
        return common::WallTime(
            std::chrono::seconds(1'795'478'400)
            + common::Duration(m_offset.load() + m_wallShift.load()));
    }

private:
    std::atomic<std::int64_t> m_offset{std::int64_t(3'600) * 1'000'000'000};
    std::atomic<std::int64_t> m_wallShift{0};
};

} // namespace freerelay::tests
