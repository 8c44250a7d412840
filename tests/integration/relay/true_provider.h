#pragma once

#include "core/common/clock.h"
#include "tests/integration/relay/provider_replies.h"

#include <deque>
#include <optional>
#include <vector>

namespace freerelay::tests {

/// A simulated provider with limits of its own, which it enforces and may tell or not. Its minute
/// slides, its day is UTC's. One thread.
class TrueProvider
{
public:
    struct Traits
    {
        int requestsPerMinute = 0; ///< 0 = no limit
        int requestsPerDay = 0; ///< 0 = no limit
        bool tellsHeaders = false;
        /// When it answers 503, in seconds since the simulation began.
        std::vector<std::pair<int, int>> outages;
    };

    TrueProvider(Traits traits, const common::Clock &clock)
        : m_traits(std::move(traits))
        , m_clock(clock)
        , m_begin(clock.now())
        , m_day(day())
    { }

    [[nodiscard]] FakeReply answer(bool stream);

    [[nodiscard]] bool hasRoom() { return hasHadRoom(common::Duration(0)); }
    /// For so long already.
    [[nodiscard]] bool hasHadRoom(common::Duration length);
    /// Down now, or within the last `margin`.
    [[nodiscard]] bool isDown(common::Duration margin = {}) const;
    [[nodiscard]] const Traits &traits() const { return m_traits; }
    [[nodiscard]] int answered() const { return m_answered; }
    [[nodiscard]] int refused() const { return m_refused; }
    /// Of these, those whose limit had been told, or had been met in an earlier window.
    [[nodiscard]] int refusedForeseeably() const { return m_foreseeable; }

private:
    [[nodiscard]] std::int64_t day() const;
    void advance();
    [[nodiscard]] int inMinute(common::Duration longer = {}) const;
    [[nodiscard]] FakeReply refusal(bool daily);
    [[nodiscard]] FakeReply withHeaders(FakeReply reply) const;
    [[nodiscard]] int secondsToRoom() const;
    [[nodiscard]] int secondsToFull() const;
    [[nodiscard]] int secondsToMidnight() const;

    Traits m_traits;
    const common::Clock &m_clock;
    common::SteadyTime m_begin;
    std::deque<common::SteadyTime> m_minute; ///< and some seconds more
    std::int64_t m_day;
    int m_today = 0;
    int m_answered = 0;
    int m_refused = 0;
    int m_foreseeable = 0;
    std::optional<common::SteadyTime> m_toldAt; ///< its headers, first
    int m_minuteMet = 0; ///< how often the minute's limit was met
    int m_dayMet = 0;
};

} // namespace freerelay::tests
