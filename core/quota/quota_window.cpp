#include "quota_window.h"

#include "core/catalog/enum_names.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace freerelay::quota {

namespace {

/// Longer blocks end by the wall clock as well: the monotonic one may stand still in sleep.
constexpr common::Duration longBlock = 10min;

common::Duration between(common::WallTime from, common::WallTime to)
{
    return std::chrono::duration_cast<common::Duration>(to - from);
}

common::WallTime wallOf(common::SteadyTime time, Moment now)
{
    return now.wall + std::chrono::duration_cast<common::WallTime::duration>(time - now.steady);
}

common::SteadyTime steadyOf(common::WallTime time, Moment now)
{
    return now.steady + between(now.wall, time);
}

} // namespace

QByteArray wordsFor(WindowId id)
{
    return catalog::toName(id.unit).toByteArray() + " per "
        + catalog::toName(id.period).toByteArray();
}

QuotaWindow::QuotaWindow(WindowId id, std::optional<QuotaCalendar> calendar, Moment now)
    : m_id(id)
    , m_limit(id.period)
    , m_use(id.period, std::move(calendar), now)
    , m_meter(now.steady)
{ }

void QuotaWindow::advance(Moment now)
{
    m_use.advance(now);
    m_meter.advance(now.steady);
}

bool QuotaWindow::isBlocked(Moment now) const
{
    return now.steady < m_blockedUntil && now.wall < m_blockedUntilWall;
}

void QuotaWindow::block(common::SteadyTime until, Moment now)
{
    if (until <= m_blockedUntil && isBlocked(now)) {
        return;
    }
    m_blockedUntil = until;
    m_blockedUntilWall = until - now.steady < longBlock ? common::WallTime::max()
                                                        : wallOf(until, now);
}

std::int64_t QuotaWindow::counted(std::int64_t amount) const
{
    return std::min(amount, m_limit.value().value_or(amount));
}

Fit QuotaWindow::fit(std::int64_t amount, Moment now) const
{
    if (isBlocked(now)) {
        return Fit::Exhausted;
    }
    const auto limit = m_limit.value();
    if (!limit || m_use.used() + counted(amount) <= *limit) {
        return Fit::Room;
    }
    return m_limit.isHard(now.steady) ? Fit::Exhausted : Fit::Beyond;
}

common::SteadyTime QuotaWindow::roomAt(std::int64_t amount, Moment now) const
{
    common::SteadyTime time = now.steady;
    if (const auto limit = m_limit.value()) {
        time = m_use.whenAtMost(*limit - counted(amount), now);
    }
    if (isBlocked(now)) {
        const common::SteadyTime byWall = m_blockedUntilWall == common::WallTime::max()
            ? m_blockedUntil
            : steadyOf(m_blockedUntilWall, now);
        time = std::max(time, std::min(m_blockedUntil, byWall));
    }
    return time;
}

std::optional<double> QuotaWindow::room(Moment now) const
{
    if (isBlocked(now)) {
        return 0;
    }
    const auto limit = m_limit.value();
    if (!limit) {
        return std::nullopt;
    }
    if (*limit <= 0) {
        return 0;
    }
    return std::clamp(
        static_cast<double>(*limit - m_use.used()) / static_cast<double>(*limit), 0.0, 1.0);
}

bool QuotaWindow::runsLow(Moment now) const
{
    const double left = room(now).value_or(1);
    if (left < lowRoom || left >= tightRoom) {
        return left < lowRoom;
    }
    const auto remaining = static_cast<double>(*m_limit.value() - m_use.used());
    return m_meter.projected(untilReset(now)) >= remaining;
}

common::Duration QuotaWindow::untilReset(Moment now) const
{
    const common::SteadyTime full = m_use.whenAtMost(0, now);
    return std::max(full, roomAt(0, now)) - now.steady;
}

Forecast QuotaWindow::forecast(Moment now) const
{
    const auto limit = m_limit.value();
    if (!limit) {
        return {};
    }
    const common::Duration reset = untilReset(now);
    return m_meter.forecast(
        isBlocked(now) ? 0 : *limit - m_use.used(), reset > 0s ? reset : m_use.length());
}

bool QuotaWindow::hasContent() const
{
    return m_limit.value() || m_use.used() > 0 || m_blockedUntil != common::SteadyTime()
        || m_meter.perMinute()[2] > 0;
}

QuotaWindowRecord QuotaWindow::record(Moment now) const
{
    QuotaWindowRecord record;
    record.unit = catalog::toName(m_id.unit).toByteArray();
    record.period = catalog::toName(m_id.period).toByteArray();
    record.zone = m_use.zone();
    record.limit = m_limit.value();
    if (record.limit) {
        record.source = toString(m_limit.source());
        record.statedAt = m_limit.statedAt().wall;
    }
    for (const CountedAmount &counted : m_use.counted()) {
        record.charges.push_back({counted.amount, wallOf(counted.until, now)});
    }
    record.endsAt = m_use.endsAt();
    if (isBlocked(now)) {
        record.blockedUntil = std::min(wallOf(m_blockedUntil, now), m_blockedUntilWall);
    }
    record.perMinute = m_meter.perMinute();
    record.variance = m_meter.variance();
    return record;
}

void QuotaWindow::restore(const QuotaWindowRecord &record, Moment now)
{
    if (record.limit) {
        const auto source = quotaSourceOf(record.source);
        // What was stated in the future was stated by another clock: its age is not known.
        const common::WallTime stated = std::min(record.statedAt, now.wall);
        m_limit.restore(
            *record.limit, source.value_or(QuotaSource::Guess), {steadyOf(stated, now), stated});
    }
    std::vector<CountedAmount> amounts;
    for (const QuotaChargeRecord &charge : record.charges) {
        amounts.push_back({charge.amount, steadyOf(charge.until, now)});
    }
    m_use.restore(amounts, record.endsAt, now);
    if (record.blockedUntil && *record.blockedUntil > now.wall) {
        block(steadyOf(*record.blockedUntil, now), now);
    }
    m_meter.restore(record.perMinute, record.variance);
}

} // namespace freerelay::quota
