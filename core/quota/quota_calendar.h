#pragma once

#include "core/catalog/types.h"
#include "core/common/clock.h"

#include <QByteArray>
#include <QTimeZone>

namespace freerelay::quota {

/// How long a window of the period is; a month has 31 days, and Total ten years.
[[nodiscard]] common::Duration lengthOf(catalog::QuotaPeriod period);

/// The days and months of one time zone, with its daylight saving. Value; any thread.
class QuotaCalendar
{
public:
    /// @param zone  IANA name; an unknown one is taken for UTC
    explicit QuotaCalendar(const QByteArray &zone = {});

    /// The first instant of the day or month after the one that `time` is in.
    /// @param period  Day or Month
    [[nodiscard]] common::WallTime
    nextStart(catalog::QuotaPeriod period, common::WallTime time) const;

    [[nodiscard]] QByteArray zoneName() const { return m_zone.id(); }

private:
    QTimeZone m_zone;
};

/// Until the provider's quota of a day comes back by its calendar.
[[nodiscard]] common::Duration
untilDailyReset(const catalog::QuotaRules &rules, common::WallTime now);

} // namespace freerelay::quota
