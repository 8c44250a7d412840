#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace freerelay::store {

/// How many requests took how long, in buckets whose upper bounds double from 10 ms on. Histograms
/// of several windows add up to that of all of them, so quantiles of any window come out of sums.
/// Value; any thread.
///
/// A quantile is an estimate that lies in the bucket of the true one: between 10 ms and 163.84 s it
/// is off by less than the factor 2, below by less than 10 ms; above, it is only known to be above.
struct LatencyHistogram
{
    static constexpr std::size_t bucketCount = 16;
    /// Upper bound (inclusive) of the first bucket.
    static constexpr std::chrono::microseconds firstBound{10'000};

    std::array<std::int64_t, bucketCount> buckets{}; ///< the last one has no upper bound

    void add(std::chrono::microseconds time);
    LatencyHistogram &operator+=(const LatencyHistogram &other);
    bool operator==(const LatencyHistogram &) const = default;

    [[nodiscard]] std::int64_t count() const;
    /// The time that `part` of all took at most, interpolated within its bucket.
    /// @param part  0 < part ≤ 1; 0.95 = the 95th percentile
    /// @return nullopt when nothing was counted; the last bound when it is above that
    [[nodiscard]] std::optional<std::chrono::microseconds> quantile(double part) const;
    /// Upper bound of a bucket but the last.
    [[nodiscard]] static std::chrono::microseconds boundOf(std::size_t bucket)
    {
        return firstBound * (std::int64_t(1) << bucket);
    }
};

} // namespace freerelay::store
