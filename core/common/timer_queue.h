#pragma once

#include <Qt>

#include <chrono>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

class QObject;

namespace freerelay::common {

/// The timers of one thread, by when they are due. Not thread-safe; times are of steady_clock.
class TimerQueue
{
public:
    using Time = std::chrono::steady_clock::time_point;

    struct Timer
    {
        int id; ///< unique, from Qt
        QObject *object;
        Qt::TimerType type;
        std::chrono::milliseconds interval; ///< 0: due in every turn
    };

    void add(const Timer &timer, Time now);
    bool remove(int id);
    bool removeAllOf(const QObject *object);

    [[nodiscard]] std::vector<Timer> allOf(const QObject *object) const;
    /// Rounded up; -1 for one that is not known, as QAbstractEventDispatcher::remainingTime() has
    /// it.
    [[nodiscard]] int remainingMs(int id, Time now) const;
    /// Until the next one is due, rounded up; 0 when it is, nothing when there is none.
    [[nodiscard]] std::optional<int> untilNextMs(Time now) const;

    /// Sends a QTimerEvent for each timer that is due at `now`, once; says how many. What runs then
    /// may add and remove timers and run an event loop, in which the timer itself stays silent.
    int fire(Time now);

private:
    struct Entry
    {
        Timer timer;
        Time due;
    };

    [[nodiscard]] bool fireOne(int id, Time now);

    std::unordered_map<int, Entry> m_entries;
    std::set<std::pair<Time, int>> m_order; ///< but for those whose event is being handled
};

} // namespace freerelay::common
