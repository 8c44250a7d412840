#include "circuit_breaker.h"

namespace freerelay::health {

const char *toString(CircuitState state)
{
    switch (state) {
    case CircuitState::Closed:
        return "closed";
    case CircuitState::Open:
        return "open";
    case CircuitState::HalfOpen:
        return "half_open";
    }
    return "unknown";
}

CircuitState CircuitBreaker::state(common::SteadyTime now) const
{
    if (!m_open) {
        return CircuitState::Closed;
    }
    return now < m_openUntil ? CircuitState::Open : CircuitState::HalfOpen;
}

CircuitBreaker::Gate CircuitBreaker::gate(common::SteadyTime now) const
{
    switch (state(now)) {
    case CircuitState::Closed:
        return Gate::Free;
    case CircuitState::HalfOpen:
        return m_probing ? Gate::Shut : Gate::Probe;
    case CircuitState::Open:
        break;
    }
    return Gate::Shut;
}

BreakerPass CircuitBreaker::enter(common::SteadyTime now)
{
    const bool probe = gate(now) == Gate::Probe;
    m_probing = m_probing || probe;
    return {m_epoch, probe};
}

void CircuitBreaker::ended(const BreakerPass &pass, const CallMark &mark, double random)
{
    if (pass.epoch != m_epoch) {
        return;
    }
    if (!m_open) {
        m_window.add(mark);
        return;
    }
    if (m_probing && !pass.probe) {
        return;
    }
    m_probing = false;
    if (!mark.failed) {
        onAnswered(pass, mark.at);
    } else if (pass.probe) {
        open(mark.at, random);
    }
}

/// Also a call that went through a shut gate shows by its answer that it is well again.
void CircuitBreaker::onAnswered(const BreakerPass &pass, common::SteadyTime now)
{
    if (++m_answered >= m_rules.probesToClose) {
        close(now);
    } else if (!pass.probe) {
        retry(now);
    }
}

void CircuitBreaker::left(const BreakerPass &pass)
{
    if (pass.epoch == m_epoch && pass.probe) {
        m_probing = false;
    }
}

bool CircuitBreaker::judge(common::SteadyTime now, double random)
{
    if (m_open) {
        return false;
    }
    m_window.advance(now);
    if (m_window.calls() < m_rules.minimumCalls) {
        return false;
    }
    const bool fails = m_window.failureRate() >= m_rules.failureRate
        && m_window.failingSources() >= m_rules.minimumSources;
    if (!fails && m_window.slowRate() < m_rules.slowRate) {
        return false;
    }
    trip(now, random);
    return true;
}

void CircuitBreaker::trip(common::SteadyTime now, double random)
{
    if (m_open) {
        return;
    }
    if (now - m_closedAt >= m_rules.longestOpen) {
        m_timesOpened = 0;
    }
    open(now, random);
}

void CircuitBreaker::open(common::SteadyTime now, double random)
{
    common::Duration length = m_rules.firstOpen;
    for (int i = 0; i < m_timesOpened && length < m_rules.longestOpen; ++i) {
        length *= 2;
    }
    length = std::min(length, m_rules.longestOpen);
    const double kept = 1 - m_rules.jitter * random;
    m_openUntil = now
        + common::Duration(static_cast<common::Duration::rep>(
            static_cast<double>(length.count()) * kept));
    ++m_timesOpened;
    ++m_epoch;
    m_open = true;
    m_answered = 0;
    m_window.clear();
}

void CircuitBreaker::close(common::SteadyTime now)
{
    ++m_epoch;
    m_open = false;
    m_closedAt = now;
    m_window.clear();
}

void CircuitBreaker::reset()
{
    ++m_epoch;
    m_open = false;
    m_probing = false;
    m_timesOpened = 0;
    m_window.clear();
}

} // namespace freerelay::health
