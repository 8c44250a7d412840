#include "latency_digest.h"

#include <algorithm>
#include <cmath>

namespace freerelay::health {

namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

/// Ratio of a bucket's upper bound to its lower one.
constexpr double growth = (1 + LatencyDigest::error) / (1 - LatencyDigest::error);
const double logGrowth = std::log(growth);
/// Half lives after which the old weights are made small, rather than the new ones large.
constexpr double maxHalfLives = 20;

} // namespace

/// Bucket i holds (growth^(i-1), growth^i] milliseconds; the first one also what is less.
std::size_t LatencyDigest::bucketOf(common::Duration value)
{
    const double within = Milliseconds(std::clamp(value, shortest, longest)).count();
    const auto bucket = static_cast<std::size_t>(
        std::max(std::ceil(std::log(within) / logGrowth), 0.0));
    return std::min(bucket, bucketCount - 1);
}

/// The value from which both bounds of the bucket are equally far, as a share of them.
common::Duration LatencyDigest::valueOf(std::size_t bucket)
{
    const double value = 2 * std::pow(growth, static_cast<double>(bucket)) / (growth + 1);
    return std::chrono::duration_cast<common::Duration>(Milliseconds(value));
}

double LatencyDigest::scaleAt(common::SteadyTime now) const
{
    using Seconds = std::chrono::duration<double>;
    return std::exp2(Seconds(now - m_scaledAt) / Seconds(halfLife));
}

/// What a value of `now` weighs.
double LatencyDigest::rescaled(common::SteadyTime now)
{
    if (m_total == 0) {
        m_scaledAt = now;
        return 1;
    }
    const double scale = scaleAt(now);
    if (scale < std::exp2(maxHalfLives)) {
        return scale;
    }
    m_total = 0;
    for (float &bucket : m_buckets) {
        bucket = static_cast<float>(bucket / scale);
        m_total += bucket;
    }
    m_scaledAt = now;
    return 1;
}

void LatencyDigest::add(common::Duration value, common::SteadyTime now)
{
    const double scale = rescaled(now);
    m_buckets[bucketOf(value)] += static_cast<float>(scale);
    m_total += scale;
}

void LatencyDigest::merge(const LatencyDigest &other, common::SteadyTime now)
{
    if (other.m_total == 0) {
        return;
    }
    const double scale = rescaled(now) / other.scaleAt(now);
    for (std::size_t i = 0; i < bucketCount; ++i) {
        m_buckets[i] += static_cast<float>(other.m_buckets[i] * scale);
    }
    m_total += other.m_total * scale;
}

double LatencyDigest::weight(common::SteadyTime now) const
{
    return m_total == 0 ? 0 : m_total / scaleAt(now);
}

std::optional<common::Duration> LatencyDigest::quantile(double share) const
{
    if (m_total == 0) {
        return std::nullopt;
    }
    const double wanted = share * m_total;
    double below = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < bucketCount; ++i) {
        if (m_buckets[i] == 0) {
            continue;
        }
        last = i;
        below += m_buckets[i];
        if (below >= wanted) {
            break;
        }
    }
    return valueOf(last);
}

} // namespace freerelay::health
