#pragma once

#include "core/common/clock.h"
#include "core/health/health_view.h"
#include "core/interfaces/health_figures.h"

#include <QByteArray>

#include <cstdint>
#include <deque>
#include <vector>

namespace freerelay::services {

/// How every provider was in the last quarter of an hour, for charts. Fixed size for a number of
/// providers: some 25 KiB each. Value; one thread at a time.
class HealthTrend
{
public:
    static constexpr std::chrono::seconds step{5};
    static constexpr int steps = 180;
    /// Calls of so many steps make an error rate: one step of a free tier has a call or none.
    static constexpr int rateSteps = 12;

    /// Notes how they are now. The last note of a step counts.
    void
    add(std::vector<health::ProviderView> providers, common::SteadyTime now, common::WallTime wall);

    /// Ends with the latest note.
    [[nodiscard]] interfaces::HealthFigures figures(QByteArrayView provider) const;

private:
    struct Note
    {
        std::int64_t number = 0; ///< of its step
        common::WallTime start; ///< of its step, as the clock on the wall had it
        std::vector<health::ProviderView> providers;
    };

    /// The latest note up to the step; null = there is none.
    [[nodiscard]] const Note *noteBefore(std::int64_t number) const;

    std::deque<Note> m_notes; ///< by number
};

} // namespace freerelay::services
