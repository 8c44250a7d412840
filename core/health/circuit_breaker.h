#pragma once

#include "core/health/sliding_window.h"

#include <cstdint>

namespace freerelay::health {

enum class CircuitState : std::uint8_t {
    Closed, ///< calls go through
    Open, ///< calls go elsewhere
    HalfOpen, ///< one call at a time finds out whether it is well again
};

/// Stable lower-case name of a state ("half_open").
[[nodiscard]] const char *toString(CircuitState state);

/// When a circuit opens and for how long. The defaults are resilience4j's (CircuitBreakerConfig),
/// made smaller: its window of 100 calls is more than a free tier answers in a day. Its one-minute
/// windows are as well: five calls that run into their time-outs take minutes.
struct BreakerRules
{
    std::size_t window = 20; ///< calls
    common::Duration windowLength = std::chrono::minutes(10);
    int minimumCalls = 5; ///< before them it never opens
    double failureRate = 0.5; ///< from which on it opens
    double slowRate = 1.0; ///< as above, of calls that were answered late
    int minimumSources = 1; ///< different targets that failed
    /// The first time; doubled with each time that follows closely, up to the longest.
    common::Duration firstOpen = std::chrono::seconds(30);
    common::Duration longestOpen = std::chrono::minutes(5);
    /// Share of the open time that chance takes off, so that not all come back at once.
    double jitter = 0.2;
    int probesToClose = 2; ///< answered one after the other
};

/// What a call went through with; its end is told with it.
struct BreakerPass
{
    std::uint64_t epoch = 0;
    bool probe = false;
};

/// Closed, open, half-open: whether calls go to something that may be broken. Pure: time and
/// chance are arguments. Value; one thread at a time.
///
/// What a call ends with says something only about the state it began in: calls that began before
/// the circuit opened change nothing when they end after it. While a probe is under way, it alone
/// decides.
class CircuitBreaker
{
public:
    enum class Gate : std::uint8_t { Free, Probe, Shut };

    explicit CircuitBreaker(const BreakerRules &rules = {})
        : m_rules(rules)
        , m_window(rules.window, rules.windowLength)
    { }

    [[nodiscard]] CircuitState state(common::SteadyTime now) const;
    /// How a call would go through now.
    [[nodiscard]] Gate gate(common::SteadyTime now) const;
    [[nodiscard]] bool isProbing() const { return m_probing; }
    /// While it is open: when it becomes half-open.
    [[nodiscard]] common::SteadyTime openUntil() const { return m_openUntil; }

    /// A call goes through, whatever the gate (the last one that is left must be tried). It takes
    /// the place of the probe where the gate says so.
    [[nodiscard]] BreakerPass enter(common::SteadyTime now);
    /// It has ended. Closed, that is only noted: judge() follows.
    /// @param random  [0, 1)
    void ended(const BreakerPass &pass, const CallMark &mark, double random);
    /// It has ended and tells nothing: the client left, or the provider spoke of its quota.
    void left(const BreakerPass &pass);
    /// Opens when the window says so. @return whether it did
    bool judge(common::SteadyTime now, double random);
    /// Opens a closed one, whatever the window says.
    void trip(common::SteadyTime now, double random);
    /// An open one becomes half-open.
    void retry(common::SteadyTime now) { m_openUntil = std::min(m_openUntil, now); }
    /// Closed, as if nothing had happened; calls under way tell nothing any more.
    void reset();

    [[nodiscard]] SlidingWindow &window() { return m_window; }
    [[nodiscard]] const SlidingWindow &window() const { return m_window; }
    [[nodiscard]] const BreakerRules &rules() const { return m_rules; }

private:
    void open(common::SteadyTime now, double random);
    void close(common::SteadyTime now);
    void onAnswered(const BreakerPass &pass, common::SteadyTime now);

    BreakerRules m_rules;
    SlidingWindow m_window;
    bool m_open = false; ///< or half-open
    bool m_probing = false;
    int m_answered = 0; ///< since it opened
    int m_timesOpened = 0; ///< one closely after the other
    common::SteadyTime m_openUntil;
    common::SteadyTime m_closedAt;
    std::uint64_t m_epoch = 0; ///< moves with every opening and closing
};

} // namespace freerelay::health
