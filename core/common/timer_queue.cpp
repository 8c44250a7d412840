#include "timer_queue.h"

#include <QCoreApplication>
#include <QTimerEvent>

#include <algorithm>

namespace freerelay::common {

namespace {

int msUntil(TimerQueue::Time due, TimerQueue::Time now)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - now);
    return static_cast<int>(std::clamp<qint64>(left.count(), 0, std::numeric_limits<int>::max()));
}

} // namespace

void TimerQueue::add(const Timer &timer, Time now)
{
    const Time due = now + timer.interval;
    m_entries.insert_or_assign(timer.id, Entry{timer, due});
    m_order.emplace(due, timer.id);
}

bool TimerQueue::remove(int id)
{
    const auto entry = m_entries.find(id);
    if (entry == m_entries.end()) {
        return false;
    }
    m_order.erase({entry->second.due, id});
    m_entries.erase(entry);
    return true;
}

bool TimerQueue::removeAllOf(const QObject *object)
{
    const std::vector<Timer> timers = allOf(object);
    for (const Timer &timer : timers) {
        remove(timer.id);
    }
    return !timers.empty();
}

std::vector<TimerQueue::Timer> TimerQueue::allOf(const QObject *object) const
{
    std::vector<Timer> timers;
    for (const auto &[id, entry] : m_entries) {
        if (entry.timer.object == object) {
            timers.push_back(entry.timer);
        }
    }
    return timers;
}

int TimerQueue::remainingMs(int id, Time now) const
{
    const auto entry = m_entries.find(id);
    return entry == m_entries.end() ? -1 : msUntil(entry->second.due, now);
}

std::optional<int> TimerQueue::untilNextMs(Time now) const
{
    return m_order.empty() ? std::nullopt : std::optional(msUntil(m_order.begin()->first, now));
}

int TimerQueue::fire(Time now)
{
    std::vector<int> due; // first: a timer of 0 ms is due again as soon as it has fired
    for (auto next = m_order.begin(); next != m_order.end() && next->first <= now; ++next) {
        due.push_back(next->second);
    }
    return static_cast<int>(
        std::count_if(due.begin(), due.end(), [&](int id) { return fireOne(id, now); }));
}

bool TimerQueue::fireOne(int id, Time now)
{
    const auto entry = m_entries.find(id);
    if (entry == m_entries.end() || entry->second.due > now) {
        return false; // removed or begun anew by one that fired before it
    }
    Entry &fired = entry->second;
    m_order.erase({fired.due, id});
    fired.due = std::max(fired.due + fired.timer.interval, now);
    QTimerEvent event(id);
    QCoreApplication::sendEvent(fired.timer.object, &event);
    if (const auto again = m_entries.find(id); again != m_entries.end()) {
        m_order.emplace(again->second.due, id);
    }
    return true;
}

} // namespace freerelay::common
