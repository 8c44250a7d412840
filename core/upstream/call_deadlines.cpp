#include "call_deadlines.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::upstream {

using common::SteadyTime;

namespace {

SteadyTime after(SteadyTime start, std::chrono::milliseconds limit)
{
    return limit.count() > 0 ? start + limit : SteadyTime::max();
}

QString limitText(CallDeadlines::Limit limit)
{
    switch (limit) {
    case CallDeadlines::Limit::FirstByte:
        return u"The provider sent nothing for too long (first-byte limit)."_s;
    case CallDeadlines::Limit::Gap:
        return u"The provider paused for too long within its reply (gap limit)."_s;
    case CallDeadlines::Limit::Total:
        return u"The provider's reply took too long as a whole (total limit)."_s;
    }
    return {};
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

common::Error limitError(CallDeadlines::Limit limit)
{
    return {common::ErrorKind::Timeout, limitText(limit)};
}

} // namespace freerelay::upstream
