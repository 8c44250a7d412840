#pragma once

#include <cstdint>

namespace freerelay::relay {

/// How much of a hurry a client is in.
enum class LatencyClass : std::uint8_t {
    Interactive, ///< somebody waits for the first words
    Async, ///< nobody looks on
    Batch, ///< it can wait: it is put off while most providers fail
};

/// That of a request which does not say (specification, table of profile axes: a stream is
/// interactive, more than 4,000 tokens of answer are async). What it leaves open is interactive.
/// @param outputTokens  that were asked for; 0 = none were named
[[nodiscard]] constexpr LatencyClass usualClass(bool stream, std::int64_t outputTokens)
{
    constexpr std::int64_t shortAnswer = 4'000;
    return !stream && outputTokens > shortAnswer ? LatencyClass::Async : LatencyClass::Interactive;
}

} // namespace freerelay::relay
