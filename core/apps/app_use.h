#pragma once

#include "core/common/clock.h"
#include "core/common/money.h"

#include <QDate>

#include <cstdint>
#include <mutex>
#include <optional>

namespace freerelay::apps {

/// What an app has used on one day of the user's calendar.
struct DayUse
{
    QDate day; ///< in the zone of this machine; null = it has not been used
    std::int64_t requests = 0; ///< with the refused ones
    std::int64_t refused = 0; ///< for want of a right, or of money
    std::int64_t tokens = 0; ///< prompts and answers
    common::MicroUsd spent; ///< as far as it is known
    std::int64_t unpriced = 0; ///< requests that cost money, nobody knows how much

    bool operator==(const DayUse &) const = default;
};

/// What one request used.
struct RequestUse
{
    bool refused = false;
    std::int64_t tokens = 0;
    std::optional<common::MicroUsd> cost = common::MicroUsd(); ///< nullopt = it is not known
};

/// Counts what an app uses, by days of this machine's calendar. Shared by all snapshots that name
/// the app. Any thread.
class AppUse
{
public:
    AppUse() = default;
    AppUse(const DayUse &today, std::optional<common::WallTime> lastUsed)
        : m_use(today)
        , m_lastUsed(lastUsed)
    { }

    void add(const RequestUse &use, common::WallTime now);
    /// Of the day that `now` is in.
    [[nodiscard]] DayUse today(common::WallTime now) const;
    [[nodiscard]] std::optional<common::WallTime> lastUsed() const;

private:
    void turn(common::WallTime now) const;

    mutable std::mutex m_mutex; ///< held for a few additions, and once a day for a date
    mutable DayUse m_use;
    mutable common::WallTime m_dayBegins;
    mutable common::WallTime m_dayEnds;
    std::optional<common::WallTime> m_lastUsed;
};

/// From `now` to the next midnight of this machine's calendar.
[[nodiscard]] std::chrono::milliseconds untilMidnight(common::WallTime now);

} // namespace freerelay::apps
