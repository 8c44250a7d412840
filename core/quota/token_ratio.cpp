#include "token_ratio.h"

#include <algorithm>
#include <cmath>

namespace freerelay::quota {

namespace {

constexpr double weight = 0.2; ///< of the newest answer
constexpr double leastRatio = 0.25;
constexpr double mostRatio = 4;
constexpr double mostOutput = 1e6;
/// TCP's estimate of what is seldom exceeded (RFC 6298, 2.3) is mean + 4 deviations; half of that
/// keeps room for others, and what an answer takes more is counted when it ends.
constexpr double deviations = 2;

} // namespace

TokenAmount TokenRatio::estimate(const TokenAsk &ask, bool reserved) const
{
    TokenAmount amount;
    amount.input = static_cast<std::int64_t>(
        std::ceil(static_cast<double>(ask.promptEstimated) * m_learned.input));
    const auto usual = static_cast<std::int64_t>(
        std::ceil(m_learned.output + deviations * m_learned.deviation));
    if (ask.outputRequested <= 0) {
        amount.output = usual;
    } else {
        amount.output = reserved ? ask.outputRequested : std::min(ask.outputRequested, usual);
    }
    return amount;
}

void TokenRatio::learn(const TokenAsk &ask, const TokenAmount &actual)
{
    if (ask.promptEstimated > 0 && actual.input > 0) {
        const double ratio = std::clamp(
            static_cast<double>(actual.input) / static_cast<double>(ask.promptEstimated),
            leastRatio,
            mostRatio);
        m_learned.input += weight * (ratio - m_learned.input);
    }
    const double miss = static_cast<double>(actual.output) - m_learned.output;
    m_learned.output += weight * miss;
    m_learned.deviation += weight * (std::abs(miss) - m_learned.deviation);
}

void TokenRatio::restore(const Learned &learned)
{
    m_learned.input = std::clamp(learned.input, leastRatio, mostRatio);
    m_learned.output = std::clamp(learned.output, 0.0, mostOutput);
    m_learned.deviation = std::clamp(learned.deviation, 0.0, mostOutput);
}

} // namespace freerelay::quota
