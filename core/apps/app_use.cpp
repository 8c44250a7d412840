#include "app_use.h"

#include <QDateTime>

namespace freerelay::apps {

namespace {

QDate dateOf(common::WallTime time)
{
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
    return QDateTime::fromMSecsSinceEpoch(ms.count()).date();
}

common::WallTime beginOf(const QDate &day)
{
    return common::WallTime(std::chrono::milliseconds(day.startOfDay().toMSecsSinceEpoch()));
}

} // namespace

/// Begins a new count when the day is another one. A clock that is set back has its day begin
/// anew as well: what was counted is of a day that is not known to have been.
void AppUse::turn(common::WallTime now) const
{
    if (now >= m_dayBegins && now < m_dayEnds) {
        return;
    }
    const QDate day = dateOf(now);
    m_dayBegins = beginOf(day);
    m_dayEnds = beginOf(day.addDays(1));
    if (m_use.day != day) {
        m_use = {};
        m_use.day = day;
    }
}

void AppUse::add(const RequestUse &use, common::WallTime now)
{
    const std::lock_guard lock(m_mutex);
    turn(now);
    ++m_use.requests;
    m_use.refused += use.refused ? 1 : 0;
    m_use.tokens += use.tokens;
    m_use.spent += use.cost.value_or(common::MicroUsd());
    m_use.unpriced += use.cost ? 0 : 1;
    m_lastUsed = now;
}

DayUse AppUse::today(common::WallTime now) const
{
    const std::lock_guard lock(m_mutex);
    turn(now);
    return m_use;
}

std::optional<common::WallTime> AppUse::lastUsed() const
{
    const std::lock_guard lock(m_mutex);
    return m_lastUsed;
}

std::chrono::milliseconds untilMidnight(common::WallTime now)
{
    return std::chrono::ceil<std::chrono::milliseconds>(beginOf(dateOf(now).addDays(1)) - now);
}

} // namespace freerelay::apps
