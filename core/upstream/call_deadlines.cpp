#include "call_deadlines.h"

#include <algorithm>

namespace freerelay::upstream {

using common::SteadyTime;

namespace {

SteadyTime after(SteadyTime start, std::chrono::milliseconds limit)
{
    return limit.count() > 0 ? start + limit : SteadyTime::max();
}

} // namespace

CallDeadlines::CallDeadlines(const CallLimits &limits, SteadyTime now)
    : m_limits(limits)
    , m_started(now)
    , m_waitingSince(now)
{ }

void CallDeadlines::onBody(SteadyTime now)
{
    m_hasBody = true;
    m_waitingSince = now;
}

void CallDeadlines::onPaused(SteadyTime now)
{
    if (!m_pausedSince) {
        m_pausedSince = now;
    }
}

void CallDeadlines::onResumed(SteadyTime now)
{
    if (m_pausedSince) {
        m_waitingSince += now - std::max(*m_pausedSince, m_waitingSince);
        m_pausedSince.reset();
    }
}

std::optional<CallDeadlines::Limit> CallDeadlines::expired(SteadyTime now) const
{
    if (now >= after(m_started, m_limits.total)) {
        return Limit::Total;
    }
    if (now >= waitEnd()) {
        return m_hasBody ? Limit::Gap : Limit::FirstByte;
    }
    return std::nullopt;
}

SteadyTime CallDeadlines::next() const
{
    return std::min(after(m_started, m_limits.total), waitEnd());
}

SteadyTime CallDeadlines::waitEnd() const
{
    if (m_pausedSince) {
        return SteadyTime::max();
    }
    return after(m_waitingSince, m_hasBody ? m_limits.gap : m_limits.firstByte);
}

} // namespace freerelay::upstream
