#pragma once

#include "core/common/clock.h"

#include <array>
#include <cstddef>
#include <optional>

namespace freerelay::health {

/// How long things took lately, as quantiles. Values are counted in buckets whose widths grow with
/// them (DDSketch; Masson, Rim, Lee, VLDB 2019), and what is older counts less: half after one half
/// life. A quantile is at most `error` of the true value off, between `shortest` and `longest`;
/// what is beyond counts as these. Fixed size. Value; one thread at a time.
class LatencyDigest
{
public:
    static constexpr double error = 0.05;
    static constexpr common::Duration shortest = std::chrono::milliseconds(1);
    static constexpr common::Duration longest = std::chrono::minutes(10);
    static constexpr common::Duration halfLife = std::chrono::minutes(30);

    void add(common::Duration value, common::SteadyTime now);
    /// Adds what `other` has counted.
    void merge(const LatencyDigest &other, common::SteadyTime now);

    /// How many values that is at `now`, faded as they are.
    [[nodiscard]] double weight(common::SteadyTime now) const;
    /// @param share  (0, 1]
    /// @return nullopt when nothing was added
    [[nodiscard]] std::optional<common::Duration> quantile(double share) const;

private:
    /// ⌈ln(longest/shortest) / ln((1 + error)/(1 - error))⌉ + 1
    static constexpr std::size_t bucketCount = 134;

    [[nodiscard]] static std::size_t bucketOf(common::Duration value);
    [[nodiscard]] static common::Duration valueOf(std::size_t bucket);
    [[nodiscard]] double scaleAt(common::SteadyTime now) const;
    double rescaled(common::SteadyTime now);

    std::array<float, bucketCount> m_buckets{}; ///< weights as of m_scaledAt
    double m_total = 0;
    common::SteadyTime m_scaledAt;
};

} // namespace freerelay::health
