#pragma once

#include "core/common/clock.h"
#include "core/quota/cool_down_table.h"

#include <QTimer>

#include <functional>

namespace freerelay::services {

/// Lets cool-downs end in time although the machine slept: the monotonic clock stands still then,
/// and a day's rest would last a night too long. What it takes for sleep is that the calendar ran
/// ahead; when somebody has set the clock forward instead, a provider is asked once too early.
/// Main thread.
class SleepWatch final
{
public:
    static constexpr std::chrono::seconds interval{10};
    /// Clocks drift, and are set right by less than this.
    static constexpr std::chrono::seconds shortestSleep{30};

    /// @param coolDowns  outlives it
    /// @param clock      outlives it
    /// @param woken      called after cool-downs were changed
    SleepWatch(
        quota::CoolDownTable &coolDowns, const common::Clock &clock, std::function<void()> woken);
    ~SleepWatch() = default;
    Q_DISABLE_COPY_MOVE(SleepWatch)

    /// Compares the clocks. A timer does it every interval; tests call it.
    void look();

private:
    quota::CoolDownTable &m_coolDowns;
    const common::Clock &m_clock;
    std::function<void()> m_woken;
    common::SteadyTime m_steady; ///< at the last look
    common::WallTime m_wall;
    QTimer m_timer;
};

} // namespace freerelay::services
