#pragma once

#include "core/quota/quota_calendar.h"
#include "core/quota/quota_limit.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace freerelay::quota {

/// Where an amount was counted, so that it can be taken back. Amounts of an earlier generation are
/// not counted any more.
struct ChargeMark
{
    std::uint32_t generation = 0;
    std::int64_t tick = 0;
};

/// An amount that counts until a moment.
struct CountedAmount
{
    std::int64_t amount = 0;
    common::SteadyTime until;
};

/// How much of one window is used. One thread at a time.
///
/// A rolling window counts the last minute (hour, 24 hours) by the monotonic clock, in sixty steps
/// of which the oldest counts until all of it is out: so it is never too low, whether the provider
/// slides or restarts its own. A calendar window counts a day or month: it ends when the wall clock
/// *or* the monotonic one says so, so that a machine that slept is not late and a wall clock that
/// was set back locks nobody out; and the next one begins where the last one ended, so that no day
/// is given twice.
class WindowUse
{
public:
    static constexpr int steps = 60;

    /// @param calendar  of a day or month; nullopt = rolling
    WindowUse(catalog::QuotaPeriod period, std::optional<QuotaCalendar> calendar, Moment now);

    /// Forgets what is over; call before anything else at a later moment.
    void advance(Moment now);
    [[nodiscard]] std::int64_t used() const { return m_base + m_total; }

    ChargeMark add(std::int64_t amount);
    /// @param amount  ≥ 0; what does not count any more is left alone
    void takeBack(ChargeMark mark, std::int64_t amount);

    /// What the provider says: `used`, which counts until `reset` from now at the latest (nullopt:
    /// for one period, or until the calendar's end); what was counted before is in it. A rolling
    /// window keeps when its own counts end, as far as the provider's figure holds them: they are
    /// exact where all requests come from here. Charges that it does not include are taken back
    /// before, and added again afterwards, by the caller.
    void anchor(std::int64_t used, std::optional<common::Duration> reset, Moment now);

    /// When at most `level` will be in use, if nothing is added; now when it is so already.
    [[nodiscard]] common::SteadyTime whenAtMost(std::int64_t level, Moment now) const;

    /// Calendar windows only: when the present one ends.
    [[nodiscard]] common::SteadyTime calendarEnd(Moment now) const;

    /// Calendar windows only: whether the present one began in the last `time`.
    [[nodiscard]] bool hasBegunWithin(common::Duration time, Moment now) const;

    /// One period; of a calendar about that.
    [[nodiscard]] common::Duration length() const { return m_length; }
    [[nodiscard]] bool isRolling() const { return !m_calendar; }
    [[nodiscard]] QByteArray zone() const
    {
        return m_calendar ? m_calendar->zoneName() : QByteArray();
    }

    /// For records: the amounts that count, oldest first, and the end of the calendar's window.
    [[nodiscard]] std::vector<CountedAmount> counted() const;
    [[nodiscard]] common::WallTime endsAt() const { return m_endWall; }
    /// Into a window that is as new. Amounts that are over are left out.
    void restore(const std::vector<CountedAmount> &amounts, common::WallTime endsAt, Moment now);

private:
    [[nodiscard]] std::int64_t tickOf(common::SteadyTime time) const;
    [[nodiscard]] common::SteadyTime endOf(std::int64_t tick) const;
    [[nodiscard]] common::SteadyTime endOfCount(std::int64_t tick) const;
    [[nodiscard]] std::int64_t &slot(std::int64_t tick);
    [[nodiscard]] std::int64_t slotValue(std::int64_t tick) const;
    void clearSlots();
    void keepNewest(std::int64_t amount);
    void endBefore(common::SteadyTime reset);
    void advanceSlots(common::SteadyTime now);
    void advanceCalendar(Moment now);

    std::optional<QuotaCalendar> m_calendar;
    catalog::QuotaPeriod m_period;
    common::Duration m_length;
    common::Duration m_step;

    std::uint32_t m_generation = 0;
    std::int64_t m_total = 0; ///< in the slots, or since the calendar's window began
    std::int64_t m_base = 0; ///< the provider's word
    common::SteadyTime m_baseUntil;
    common::SteadyTime m_resetAt; ///< what was counted before it ends there at the latest

    std::int64_t m_head = 0; ///< the newest tick
    std::array<std::int64_t, steps + 1> m_slots{};

    common::SteadyTime m_endSteady; ///< of the calendar's window
    common::WallTime m_endWall;
};

} // namespace freerelay::quota
