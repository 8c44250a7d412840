#pragma once

#include "core/health/brownout.h"
#include "core/health/health_table.h"
#include "core/interfaces/gateway_control.h"
#include "core/relay/records.h"
#include "core/relay/relay_config.h"
#include "core/services/health/health_trend.h"
#include "core/settings/settings.h"

#include <QTimer>

#include <atomic>
#include <functional>
#include <memory>

namespace freerelay::services {

/// Looks every few seconds how the providers are: keeps what the charts of the window show, and
/// says when a brownout begins and ends; for that it also looks after requests while something
/// fails, not more often than `pace`. Main thread, except for record().
class HealthWatch final : public relay::OutcomeSink
{
public:
    static constexpr std::chrono::milliseconds usualPace{250};

    struct Parts
    {
        health::HealthTable &table; ///< outlives it
        const common::Clock &clock; ///< outlives it
        std::function<std::shared_ptr<const relay::RelayConfig>()> config;
        std::function<void()> changed; ///< the brownout is another
    };

    explicit HealthWatch(Parts parts, std::chrono::milliseconds pace = usualPace);
    ~HealthWatch() override = default;
    Q_DISABLE_COPY_MOVE(HealthWatch)

    /// Any thread.
    void record(const std::shared_ptr<const relay::Outcome> &outcome) override;

    /// Looks now. A timer does it every HealthTrend::step; tests call it.
    void tick();
    void follow(const settings::BrownoutSettings &settings);

    [[nodiscard]] interfaces::HealthFigures figures(QByteArrayView provider) const
    {
        return m_trend.figures(provider);
    }
    /// As it was at the last look.
    [[nodiscard]] const interfaces::BrownoutStatus &brownout() const { return m_status; }

private:
    void judge();
    void log() const;

    Parts m_parts;
    HealthTrend m_trend;
    health::Brownout m_brownout;
    interfaces::BrownoutStatus m_status;
    std::atomic<bool> m_pending{false}; ///< a look is due
    QTimer m_pace;
    QTimer m_timer;
};

} // namespace freerelay::services
