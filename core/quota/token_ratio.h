#pragma once

#include <cstdint>

namespace freerelay::quota {

/// What a request will take of the token windows.
struct TokenAsk
{
    std::int64_t promptEstimated = 0; ///< ≥ 0
    std::int64_t outputRequested = 0; ///< max_tokens; 0 = not given
};

struct TokenAmount
{
    std::int64_t input = 0;
    std::int64_t output = 0;
};

/// What one model makes of our estimates: how many tokens it counts for each that we count, and how
/// long its answers are. Learned from its usage figures. One thread at a time.
class TokenRatio
{
public:
    struct Learned
    {
        double input = 1; ///< tokens counted for each one estimated, 0.25..4
        double output = 512; ///< tokens of an answer
        double deviation = 256; ///< of an answer, mean and absolute
        bool operator==(const Learned &) const = default;
    };

    /// @param reserved  the provider counts max_tokens, whatever is used of it
    [[nodiscard]] TokenAmount estimate(const TokenAsk &ask, bool reserved) const;
    /// @param actual  as the provider counted it; input 0 = it did not tell
    void learn(const TokenAsk &ask, const TokenAmount &actual);

    [[nodiscard]] const Learned &learned() const { return m_learned; }
    void restore(const Learned &learned);

private:
    Learned m_learned;
};

} // namespace freerelay::quota
