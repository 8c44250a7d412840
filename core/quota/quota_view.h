#pragma once

#include "core/quota/cool_down_table.h"
#include "core/quota/quota_pool.h"

#include <QByteArray>
#include <QString>
#include <QTimeZone>

#include <cstdint>
#include <optional>

namespace freerelay::quota {

/// A pool that is not simply free, for ranking candidates.
struct QuotaConstraint
{
    PoolId pool;
    Fit fit = Fit::Room; ///< Room: it only runs low
    common::SteadyTime until; ///< with Beyond and Exhausted: when it fits
    WindowId window{};
    double room = 0; ///< share of the scarcest limit that is left
    bool runsLow = false; ///< see QuotaWindow::runsLow()
};

/// The rest of a model whose window has no room before `until`, as if it had been benched.
[[nodiscard]] CoolDown usedUp(CoolDownScope scope, WindowId window, common::SteadyTime until);

/// One window, for people.
struct QuotaWindowView
{
    PoolId pool;
    WindowId window;
    std::optional<std::int64_t> limit;
    std::int64_t used = 0;
    std::optional<std::int64_t> remaining;
    bool blocked = false; ///< the provider refuses now
    bool soft = false; ///< the limit only advises
    QuotaSource source = QuotaSource::Guess; ///< of the limit
    common::Duration age{0}; ///< since the limit was stated
    double confidence = 0; ///< 0..1
    common::Duration untilReset{0}; ///< 0 = nothing is used
    Forecast forecast;
};

/// "empty at 15:40, back at 09:00"; "" when the window is not expected to end before its reset.
/// @param zone  of the person
[[nodiscard]] QString
forecastSentence(const QuotaWindowView &view, common::WallTime now, const QTimeZone &zone);

} // namespace freerelay::quota
