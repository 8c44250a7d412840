#pragma once

#include "core/health/health_table.h"
#include "core/services/health/health_trend.h"

#include <QTimer>

namespace freerelay::services {

/// Looks every few seconds how the providers are, so that a window that is opened has charts to
/// show. Costs nothing before the first call. Main thread.
class HealthWatch final
{
public:
    /// Both outlive it.
    HealthWatch(const health::HealthTable &table, const common::Clock &clock);
    ~HealthWatch() = default;
    Q_DISABLE_COPY_MOVE(HealthWatch)

    /// Looks now. A timer does it every HealthTrend::step; tests call it.
    void tick();

    [[nodiscard]] interfaces::HealthFigures figures(QByteArrayView provider) const
    {
        return m_trend.figures(provider);
    }

private:
    const health::HealthTable &m_table;
    const common::Clock &m_clock;
    HealthTrend m_trend;
    QTimer m_timer;
};

} // namespace freerelay::services
