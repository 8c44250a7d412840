#include "window_use.h"

#include <algorithm>
#include <utility>

using namespace std::chrono_literals;

namespace freerelay::quota {

namespace {

using catalog::QuotaPeriod;

common::Duration between(common::WallTime from, common::WallTime to)
{
    return std::chrono::duration_cast<common::Duration>(to - from);
}

} // namespace

WindowUse::WindowUse(QuotaPeriod period, std::optional<QuotaCalendar> calendar, Moment now)
    : m_calendar(std::move(calendar))
    , m_period(period)
    , m_length(lengthOf(period))
    , m_step(m_length / steps)
    , m_head(tickOf(now.steady))
{
    if (m_calendar) {
        m_endWall = m_calendar->nextStart(m_period, now.wall);
        m_endSteady = now.steady + between(now.wall, m_endWall);
    }
}

std::int64_t WindowUse::tickOf(common::SteadyTime time) const
{
    const common::Duration since = time.time_since_epoch();
    const std::int64_t tick = since / m_step;
    return since.count() < 0 && since % m_step != 0ns ? tick - 1 : tick;
}

/// When what was counted in the tick counts no more.
common::SteadyTime WindowUse::endOf(std::int64_t tick) const
{
    return common::SteadyTime(m_step * (tick + 1 + steps));
}

/// The same, or when the provider's window is full again if that is earlier.
common::SteadyTime WindowUse::endOfCount(std::int64_t tick) const
{
    const bool isBefore = m_resetAt != common::SteadyTime() && tick < tickOf(m_resetAt);
    return isBefore ? std::min(endOf(tick), m_resetAt) : endOf(tick);
}

std::int64_t &WindowUse::slot(std::int64_t tick)
{
    constexpr std::int64_t count = steps + 1;
    return m_slots[static_cast<std::size_t>(((tick % count) + count) % count)];
}

std::int64_t WindowUse::slotValue(std::int64_t tick) const
{
    return const_cast<WindowUse *>(this)->slot(tick);
}

void WindowUse::clearSlots()
{
    m_slots.fill(0);
    m_total = 0;
}

void WindowUse::advance(Moment now)
{
    if (m_base != 0 && now.steady >= m_baseUntil) {
        m_base = 0;
    }
    if (m_calendar) {
        advanceCalendar(now);
    } else {
        advanceSlots(now.steady);
    }
}

/// Drops the oldest counts until no more than `amount` is left.
void WindowUse::keepNewest(std::int64_t amount)
{
    for (std::int64_t tick = m_head - steps; tick <= m_head && m_total > amount; ++tick) {
        const std::int64_t dropped = std::min(slot(tick), m_total - amount);
        slot(tick) -= dropped;
        m_total -= dropped;
    }
}

/// The provider's window is full again: what was counted before that moment is over.
void WindowUse::endBefore(common::SteadyTime reset)
{
    for (std::int64_t tick = m_head - steps; tick < tickOf(reset); ++tick) {
        m_total -= std::exchange(slot(tick), 0);
    }
}

void WindowUse::advanceSlots(common::SteadyTime now)
{
    const std::int64_t tick = tickOf(now);
    if (tick <= m_head) {
        return;
    }
    if (tick - m_head > steps) {
        clearSlots();
    } else {
        for (std::int64_t next = m_head + 1; next <= tick; ++next) {
            m_total -= std::exchange(slot(next), 0);
        }
    }
    m_head = tick;
    if (m_resetAt != common::SteadyTime() && now >= m_resetAt) {
        endBefore(std::exchange(m_resetAt, common::SteadyTime()));
    }
}

void WindowUse::advanceCalendar(Moment now)
{
    if (now.wall < m_endWall && now.steady < m_endSteady) {
        return;
    }
    ++m_generation;
    m_total = 0;
    m_base = 0;
    const common::WallTime begin = std::max(now.wall, m_endWall);
    m_endWall = m_calendar->nextStart(m_period, begin);
    m_endSteady = now.steady + between(begin, m_endWall);
}

ChargeMark WindowUse::add(std::int64_t amount)
{
    m_total += amount;
    if (!m_calendar) {
        slot(m_head) += amount;
    }
    return {m_generation, m_head};
}

void WindowUse::takeBack(ChargeMark mark, std::int64_t amount)
{
    if (mark.generation != m_generation) {
        return;
    }
    if (m_calendar) {
        m_total -= std::min(amount, m_total);
        return;
    }
    if (m_head - mark.tick > steps) {
        return;
    }
    std::int64_t &counted = slot(mark.tick);
    const std::int64_t back = std::min(amount, counted);
    counted -= back;
    m_total -= back;
}

void WindowUse::anchor(std::int64_t used, std::optional<common::Duration> reset, Moment now)
{
    ++m_generation;
    if (m_calendar) {
        clearSlots();
    } else {
        keepNewest(std::max<std::int64_t>(used, 0));
    }
    m_base = std::max<std::int64_t>(used - m_total, 0);
    m_baseUntil = m_calendar ? common::SteadyTime::max() : now.steady + reset.value_or(m_length);
    m_resetAt = reset ? m_baseUntil : common::SteadyTime();
    if (m_calendar && reset) {
        m_endSteady = now.steady + *reset;
        m_endWall = now.wall + std::chrono::duration_cast<common::WallTime::duration>(*reset);
    }
}

common::SteadyTime WindowUse::calendarEnd(Moment now) const
{
    return now.steady
        + std::max(
               common::Duration(0),
               std::min(m_endSteady - now.steady, between(now.wall, m_endWall)));
}

bool WindowUse::hasBegunWithin(common::Duration time, Moment now) const
{
    const auto before = now.wall - std::chrono::duration_cast<common::WallTime::duration>(time);
    return m_calendar && m_calendar->nextStart(m_period, before) <= now.wall;
}

common::SteadyTime WindowUse::whenAtMost(std::int64_t level, Moment now) const
{
    std::int64_t left = used();
    if (left <= level) {
        return now.steady;
    }
    if (m_calendar) {
        return calendarEnd(now);
    }
    bool baseCounts = m_base != 0;
    for (std::int64_t tick = m_head - steps; tick <= m_head; ++tick) {
        const common::SteadyTime end = endOfCount(tick);
        if (baseCounts && m_baseUntil <= end) {
            baseCounts = false;
            left -= m_base;
            if (left <= level) {
                return m_baseUntil;
            }
        }
        left -= slotValue(tick);
        if (left <= level) {
            return end;
        }
    }
    return baseCounts ? m_baseUntil : endOfCount(m_head);
}

std::vector<CountedAmount> WindowUse::counted() const
{
    std::vector<CountedAmount> amounts;
    if (m_calendar) {
        if (used() > 0) {
            amounts.push_back({used(), m_endSteady});
        }
        return amounts;
    }
    if (m_base > 0) {
        amounts.push_back({m_base, m_baseUntil});
    }
    for (std::int64_t tick = m_head - steps; tick <= m_head; ++tick) {
        if (const std::int64_t amount = slotValue(tick); amount > 0) {
            amounts.push_back({amount, endOfCount(tick)});
        }
    }
    return amounts;
}

void WindowUse::restore(
    const std::vector<CountedAmount> &amounts, common::WallTime endsAt, Moment now)
{
    if (m_calendar) {
        if (endsAt <= now.wall) {
            return;
        }
        // An end that is further away than any window was written by a clock that ran ahead.
        if (between(now.wall, endsAt) <= m_length + 2h) {
            m_endWall = endsAt;
            m_endSteady = now.steady + between(now.wall, endsAt);
        }
        for (const CountedAmount &counted : amounts) {
            m_total += counted.amount;
        }
        return;
    }
    for (const CountedAmount &counted : amounts) {
        const common::SteadyTime until = std::min(counted.until, now.steady + m_length + m_step);
        if (until <= now.steady) {
            continue;
        }
        const std::int64_t tick = std::clamp(tickOf(until - 1ns) - steps, m_head - steps, m_head);
        slot(tick) += counted.amount;
        m_total += counted.amount;
    }
}

} // namespace freerelay::quota
