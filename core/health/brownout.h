#pragma once

#include "core/common/clock.h"

#include <cstdint>
#include <deque>
#include <optional>

namespace freerelay::health {

/// When a brownout begins and ends. The rates are those of the specification (10.3); the shares
/// and the least number of calls make it fit for two providers and for a quiet evening.
struct BrownoutRules
{
    bool enabled = true;
    /// Shares of the configured providers that are open: from which on it begins, up to which it
    /// may end. A `leaveShare` above `enterShare` counts as that.
    double enterShare = 0.5;
    double leaveShare = 0.25;
    double enterErrors = 0.15; ///< share of failed calls of `window`, above which it begins
    double leaveErrors = 0.05; ///< share of those of `calmWindow`, below which it may end
    int minimumCalls = 20; ///< in `window`, before which it never begins
    common::Duration window = std::chrono::minutes(5);
    common::Duration calmWindow = std::chrono::minutes(1);
    common::Duration calm = std::chrono::minutes(3); ///< without a break before it ends

    bool operator==(const BrownoutRules &) const = default;
};

/// What is known at a moment of the configured providers that are not local.
struct BrownoutReading
{
    int configured = 0;
    int open = 0; ///< to these, nothing goes at the moment
    std::uint64_t answered = 0; ///< calls to them, since the program began
    std::uint64_t failed = 0;
};

/// Most providers fail: what is nice to have is left out, so that what is needed gets through. One
/// level with hysteresis in shares, rates and time. It is only as fine as the readings it gets: one
/// every few seconds will do. Pure: time is an argument. Value; one thread at a time.
class Brownout
{
public:
    explicit Brownout(const BrownoutRules &rules = {})
        : m_rules(rules)
    { }

    void setRules(const BrownoutRules &rules) { m_rules = rules; }

    /// Looks at what is known now. Counts of calls begin with zero and never fall.
    /// @param now  not before that of the last reading
    /// @return     whether it began or ended
    bool judge(const BrownoutReading &reading, common::SteadyTime now);

    [[nodiscard]] bool isActive() const { return m_active; }
    /// Of the last reading.
    [[nodiscard]] const BrownoutReading &reading() const { return m_reading; }
    /// Calls of the rules' `window`, and the share of them that failed.
    [[nodiscard]] std::uint64_t calls() const { return m_window.calls; }
    [[nodiscard]] double errorRate() const { return m_window.rate(); }

private:
    struct Mark
    {
        common::SteadyTime at;
        std::uint64_t answered = 0;
        std::uint64_t failed = 0;
    };
    struct Sum
    {
        std::uint64_t calls = 0;
        std::uint64_t failed = 0;
        /// 0 when there were no calls.
        [[nodiscard]] double rate() const
        {
            return calls == 0 ? 0 : static_cast<double>(failed) / static_cast<double>(calls);
        }
    };

    void note(const BrownoutReading &reading, common::SteadyTime now);
    [[nodiscard]] Sum sumOver(common::Duration span, common::SteadyTime now) const;
    [[nodiscard]] double share() const;
    [[nodiscard]] bool begins() const;
    [[nodiscard]] bool isCalm(common::SteadyTime now) const;
    [[nodiscard]] bool ends(common::SteadyTime now);

    BrownoutRules m_rules;
    BrownoutReading m_reading;
    Sum m_window;
    std::deque<Mark> m_marks; ///< by time; the first is at or before the window's beginning
    bool m_active = false;
    std::optional<common::SteadyTime> m_calmSince; ///< while active
};

} // namespace freerelay::health
