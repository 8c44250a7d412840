#include "ticker.h"

#include <algorithm>

namespace freerelay::upstream {

Ticker::Ticker(const common::Clock &clock)
    : m_clock(clock)
{
    m_timer.setInterval(interval);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { tick(); });
}

void Ticker::add(Listener &listener)
{
    if (m_isStopped) {
        return;
    }
    m_listeners.push_back(&listener);
    if (!m_timer.isActive()) {
        m_timer.start();
    }
}

void Ticker::remove(Listener &listener)
{
    std::replace(
        m_listeners.begin(), m_listeners.end(), &listener, static_cast<Listener *>(nullptr));
}

void Ticker::stop()
{
    m_isStopped = true;
    m_timer.stop();
    m_listeners.clear();
}

void Ticker::tick()
{
    const common::SteadyTime now = m_clock.now();
    // By index: listeners come and go meanwhile.
    for (std::size_t i = 0; i < m_listeners.size(); ++i) {
        if (m_listeners[i] != nullptr) {
            m_listeners[i]->onTick(now);
        }
    }
    std::erase(m_listeners, nullptr);
    if (m_listeners.empty()) {
        m_timer.stop();
    }
}

} // namespace freerelay::upstream
