#include "latency_histogram.h"

#include <cmath>
#include <numeric>

namespace freerelay::store {

using std::chrono::microseconds;

void LatencyHistogram::add(microseconds time)
{
    std::size_t bucket = 0;
    while (bucket + 1 < bucketCount && time > boundOf(bucket)) {
        ++bucket;
    }
    ++buckets[bucket];
}

LatencyHistogram &LatencyHistogram::operator+=(const LatencyHistogram &other)
{
    for (std::size_t i = 0; i < bucketCount; ++i) {
        buckets[i] += other.buckets[i];
    }
    return *this;
}

std::int64_t LatencyHistogram::count() const
{
    return std::accumulate(buckets.begin(), buckets.end(), std::int64_t(0));
}

std::optional<microseconds> LatencyHistogram::quantile(double part) const
{
    const std::int64_t all = count();
    if (all == 0) {
        return std::nullopt;
    }
    const double rank = part * double(all);
    std::int64_t before = 0;
    std::size_t bucket = 0;
    while (bucket + 1 < bucketCount && double(before + buckets[bucket]) < rank) {
        before += buckets[bucket++];
    }
    if (bucket + 1 == bucketCount) {
        return boundOf(bucket - 1);
    }
    const double within = buckets[bucket] > 0 ? (rank - double(before)) / double(buckets[bucket])
                                              : 1.0;
    if (bucket == 0) {
        return microseconds(std::llround(within * double(firstBound.count())));
    }
    // The bounds grow by factors, and so do the times between them.
    const double lower = double(boundOf(bucket - 1).count());
    return microseconds(std::llround(lower * std::exp2(within)));
}

} // namespace freerelay::store
