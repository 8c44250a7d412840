#pragma once

#include <cstdint>

namespace freerelay::health {

/// How many calls may be under way at once: one more after a run of answers, half as many after a
/// failure (additive increase, multiplicative decrease; Netflix concurrency-limits, AIMDLimit).
/// Pure value; one thread at a time.
///
/// It grows only while at least half of it is used, and shrinks once for all calls that were under
/// way together, however many of them fail.
class ConcurrencyLimit
{
public:
    static constexpr int initial = 4;
    static constexpr int least = 1;
    static constexpr int most = 64;
    static constexpr int answersToGrow = 10; ///< in a row
    static constexpr double slowBackoff = 0.9; ///< AIMDLimit's backoff ratio

    /// @param ceiling  what the provider's requests per minute allow, ≥ 1: more than it admits in
    ///                 a minute are never under way at once
    void setCeiling(int ceiling);

    [[nodiscard]] int limit() const;
    [[nodiscard]] int inFlight() const { return m_inFlight; }
    [[nodiscard]] bool hasRoom() const { return m_inFlight < limit(); }

    /// A call begins, also where there is no room (the last one that is left must be tried).
    /// @return its number, with which its end is told
    [[nodiscard]] std::uint64_t enter();
    void answered();
    /// It was answered, much later than others.
    void slow(std::uint64_t call);
    void failed(std::uint64_t call);
    /// It has ended and tells nothing.
    void left() { --m_inFlight; }

private:
    void shrink(std::uint64_t call, double factor);

    int m_limit = initial;
    int m_ceiling = most;
    int m_inFlight = 0;
    int m_answers = 0; ///< in a row
    std::uint64_t m_lastCall = 0;
    std::uint64_t m_lastBeforeShrink = 0; ///< the newest call when it shrank
};

} // namespace freerelay::health
