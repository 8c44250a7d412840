#pragma once

#include "core/common/clock.h"

#include <array>
#include <cstdint>
#include <optional>

namespace freerelay::quota {

/// When something will be used up, if it goes on as it does; nullopt = not before the horizon.
struct Forecast
{
    std::optional<common::Duration> empty{}; ///< expected, from now
    std::optional<common::Duration> earliest{}; ///< nine times in ten not before
    std::optional<common::Duration> latest{}; ///< nine times in ten before
    double projected = 0; ///< expected use until the horizon
};

/// How fast something is used: means over about 5 minutes, 1 hour and 1 day, and how much a minute
/// varies. Minutes without use count as zero. One thread at a time.
///
/// A mean over n minutes is an exponentially weighted one with the weight 1 - exp(-1/n) for each
/// minute. They begin at zero, so that the first minute of a day does not promise a day like it.
/// The near future is expected to be like the last minutes and the far one like the last day.
class RateMeter
{
public:
    static constexpr std::size_t means = 3;
    using Means = std::array<double, means>; ///< units a minute

    explicit RateMeter(common::SteadyTime now)
        : m_minuteBegan(now)
    { }

    /// @param amount  negative: an estimate was too high
    void add(std::int64_t amount) { m_thisMinute += static_cast<double>(amount); }
    /// Takes in the minutes that are over; call before the others at a later moment.
    void advance(common::SteadyTime now);

    [[nodiscard]] const Means &perMinute() const { return m_means; }
    [[nodiscard]] double variance() const { return m_variance; } ///< of a minute
    void restore(const Means &perMinute, double variance);

    /// How much is expected to be used until the horizon; cheaper than a whole forecast.
    [[nodiscard]] double projected(common::Duration horizon) const;
    /// @param remaining  what is left, ≥ 0
    /// @param horizon    until the window is full again
    [[nodiscard]] Forecast forecast(std::int64_t remaining, common::Duration horizon) const;

private:
    void takeIn(double minute);
    [[nodiscard]] double expected(double minutes) const;
    [[nodiscard]] double bound(double minutes, double deviations) const;
    [[nodiscard]] std::optional<common::Duration>
    reaches(double amount, double deviations, double horizon) const;

    common::SteadyTime m_minuteBegan;
    double m_thisMinute = 0;
    Means m_means{};
    double m_variance = 0;
};

} // namespace freerelay::quota
