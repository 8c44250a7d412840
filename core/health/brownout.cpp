#include "brownout.h"

#include <algorithm>
#include <utility>

namespace freerelay::health {

bool Brownout::judge(const BrownoutReading &reading, common::SteadyTime now)
{
    note(reading, now);
    m_reading = reading;
    m_window = sumOver(m_rules.window, now);
    const bool was = m_active;
    m_active = m_rules.enabled && (m_active ? !ends(now) : begins());
    if (!m_active) {
        m_calmSince.reset();
    }
    return m_active != was;
}

void Brownout::note(const BrownoutReading &reading, common::SteadyTime now)
{
    if (m_marks.empty()) {
        m_marks.push_back({now, 0, 0});
    }
    m_marks.push_back({now, reading.answered, reading.failed});
    const common::Duration longest = std::max(m_rules.window, m_rules.calmWindow);
    while (m_marks.size() > 1 && m_marks[1].at <= now - longest) {
        m_marks.pop_front();
    }
}

Brownout::Sum Brownout::sumOver(common::Duration span, common::SteadyTime now) const
{
    const auto after = std::find_if(
        m_marks.begin(), m_marks.end(), [&](const Mark &mark) { return mark.at > now - span; });
    const Mark &first = after == m_marks.begin() ? m_marks.front() : *std::prev(after);
    const Mark &last = m_marks.back();
    const std::uint64_t failed = last.failed - first.failed;
    return {last.answered - first.answered + failed, failed};
}

double Brownout::share() const
{
    return m_reading.configured > 0 ? static_cast<double>(m_reading.open) / m_reading.configured
                                    : 0;
}

bool Brownout::begins() const
{
    return m_reading.open > 0 && share() >= m_rules.enterShare
        && m_window.calls >= static_cast<std::uint64_t>(m_rules.minimumCalls)
        && m_window.rate() > m_rules.enterErrors;
}

/// Without calls it is calm: an open circuit that nobody asks is in nobody's way.
bool Brownout::isCalm(common::SteadyTime now) const
{
    const double rate = sumOver(m_rules.calmWindow, now).rate();
    return share() <= std::min(m_rules.leaveShare, m_rules.enterShare)
        && (rate == 0 || rate < m_rules.leaveErrors);
}

bool Brownout::ends(common::SteadyTime now)
{
    if (!isCalm(now)) {
        m_calmSince.reset();
        return false;
    }
    m_calmSince = m_calmSince.value_or(now);
    return now - *m_calmSince >= m_rules.calm;
}

} // namespace freerelay::health
