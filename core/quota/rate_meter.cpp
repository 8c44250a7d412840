#include "rate_meter.h"

#include <algorithm>
#include <cmath>
#include <utility>

using namespace std::chrono_literals;

namespace freerelay::quota {

namespace {

using Minutes = std::chrono::duration<double, std::ratio<60>>;

constexpr std::array<double, RateMeter::means> spans{5, 60, 1'440};
/// After so many idle minutes the longest mean has forgotten everything.
constexpr std::int64_t forgetting = 10 * 1'440;
/// Of the normal distribution: nine in ten lie below.
constexpr double ninetyPercent = 1.2816;
constexpr int bisections = 40;

const std::array<double, RateMeter::means> &weights()
{
    static const std::array<double, RateMeter::means> values{
        1 - std::exp(-1 / spans[0]), 1 - std::exp(-1 / spans[1]), 1 - std::exp(-1 / spans[2])};
    return values;
}

common::Duration toDuration(double minutes)
{
    return std::chrono::duration_cast<common::Duration>(Minutes(minutes));
}

} // namespace

void RateMeter::takeIn(double minute)
{
    const double fromHour = minute - m_means[1];
    m_variance = (1 - weights()[1]) * (m_variance + weights()[1] * fromHour * fromHour);
    for (std::size_t i = 0; i < means; ++i) {
        m_means[i] += weights()[i] * (minute - m_means[i]);
    }
}

void RateMeter::advance(common::SteadyTime now)
{
    const std::int64_t minutes = (now - m_minuteBegan) / 1min;
    if (minutes <= 0) {
        return;
    }
    takeIn(std::max(std::exchange(m_thisMinute, 0), 0.0));
    if (minutes > forgetting) {
        m_means.fill(0);
        m_variance = 0;
    } else {
        for (std::int64_t i = 1; i < minutes; ++i) {
            takeIn(0);
        }
    }
    m_minuteBegan += minutes * 1min;
}

void RateMeter::restore(const Means &perMinute, double variance)
{
    m_means = perMinute;
    m_variance = variance;
}

double RateMeter::expected(double minutes) const
{
    return m_means[0] * std::min(minutes, spans[0])
        + m_means[1] * std::clamp(minutes - spans[0], 0.0, spans[1] - spans[0])
        + m_means[2] * std::max(minutes - spans[1], 0.0);
}

/// Minutes are taken for independent of each other.
double RateMeter::bound(double minutes, double deviations) const
{
    return expected(minutes) + deviations * std::sqrt(m_variance * minutes);
}

std::optional<common::Duration>
RateMeter::reaches(double amount, double deviations, double horizon) const
{
    if (bound(horizon, deviations) < amount) {
        return std::nullopt;
    }
    double low = 0;
    double high = horizon;
    for (int i = 0; i < bisections; ++i) {
        const double middle = (low + high) / 2;
        (bound(middle, deviations) < amount ? low : high) = middle;
    }
    return toDuration(high);
}

double RateMeter::projected(common::Duration horizon) const
{
    return expected(std::max(std::chrono::duration_cast<Minutes>(horizon).count(), 0.0));
}

Forecast RateMeter::forecast(std::int64_t remaining, common::Duration horizon) const
{
    const double minutes = std::chrono::duration_cast<Minutes>(horizon).count();
    Forecast result;
    if (minutes <= 0) {
        return result;
    }
    const auto amount = static_cast<double>(remaining);
    result.projected = projected(horizon);
    if (remaining <= 0) {
        result.empty = result.earliest = result.latest = common::Duration(0);
        return result;
    }
    result.empty = reaches(amount, 0, minutes);
    result.earliest = reaches(amount, ninetyPercent, minutes);
    result.latest = reaches(amount, -ninetyPercent, minutes);
    return result;
}

} // namespace freerelay::quota
