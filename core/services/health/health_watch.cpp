#include "health_watch.h"

namespace freerelay::services {

HealthWatch::HealthWatch(const health::HealthTable &table, const common::Clock &clock)
    : m_table(table)
    , m_clock(clock)
{
    m_timer.setInterval(HealthTrend::step);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { tick(); });
    m_timer.start();
}

void HealthWatch::tick()
{
    if (m_table.counts().begun > 0) {
        m_trend.add(m_table.view().providers, m_clock.now(), m_clock.wallNow());
    }
}

} // namespace freerelay::services
