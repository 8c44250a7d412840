#include "quota_calendar.h"

#include <QDateTime>

#include <chrono>

using namespace std::chrono_literals;

namespace freerelay::quota {

using std::chrono::milliseconds;

namespace {

QTimeZone zoneOf(const QByteArray &name)
{
    const QTimeZone zone = name.isEmpty() ? QTimeZone::utc() : QTimeZone(name);
    return zone.isValid() ? zone : QTimeZone::utc();
}

} // namespace

common::Duration lengthOf(catalog::QuotaPeriod period)
{
    using catalog::QuotaPeriod;
    switch (period) {
    case QuotaPeriod::Second:
        return 1s;
    case QuotaPeriod::Minute:
        return 1min;
    case QuotaPeriod::Hour:
        return 1h;
    case QuotaPeriod::Day:
        return 24h;
    case QuotaPeriod::Month:
        break;
    case QuotaPeriod::Total:
        return 3'650 * 24h; // longer than any program runs
    }
    return 31 * 24h;
}

QuotaCalendar::QuotaCalendar(const QByteArray &zone)
    : m_zone(zoneOf(zone))
{ }

common::WallTime QuotaCalendar::nextStart(catalog::QuotaPeriod period, common::WallTime time) const
{
    const auto sinceEpoch = std::chrono::floor<milliseconds>(time.time_since_epoch());
    const QDate today = QDateTime::fromMSecsSinceEpoch(sinceEpoch.count(), m_zone).date();
    const QDate next = period == catalog::QuotaPeriod::Month
        ? QDate(today.year(), today.month(), 1).addMonths(1)
        : today.addDays(1);
    return common::WallTime(milliseconds(next.startOfDay(m_zone).toMSecsSinceEpoch()));
}

common::Duration untilDailyReset(const catalog::QuotaRules &rules, common::WallTime now)
{
    return QuotaCalendar(rules.zone).nextStart(catalog::QuotaPeriod::Day, now) - now;
}

} // namespace freerelay::quota
