#include "concurrency_limit.h"

#include <algorithm>

namespace freerelay::health {

void ConcurrencyLimit::setCeiling(int ceiling)
{
    m_ceiling = std::clamp(ceiling, least, most);
}

int ConcurrencyLimit::limit() const
{
    return std::min(m_limit, m_ceiling);
}

std::uint64_t ConcurrencyLimit::enter()
{
    ++m_inFlight;
    return ++m_lastCall;
}

void ConcurrencyLimit::answered()
{
    const bool isUsed = m_inFlight * 2 >= limit();
    --m_inFlight;
    ++m_answers;
    if (isUsed && m_answers >= answersToGrow) {
        m_limit = std::min(limit() + 1, most);
        m_answers = 0;
    }
}

void ConcurrencyLimit::slow(std::uint64_t call)
{
    --m_inFlight;
    shrink(call, slowBackoff);
}

void ConcurrencyLimit::failed(std::uint64_t call)
{
    constexpr double half = 0.5;
    --m_inFlight;
    shrink(call, half);
}

void ConcurrencyLimit::shrink(std::uint64_t call, double factor)
{
    m_answers = 0;
    if (call <= m_lastBeforeShrink) {
        return;
    }
    m_limit = std::max(static_cast<int>(limit() * factor), least);
    m_lastBeforeShrink = m_lastCall;
}

} // namespace freerelay::health
