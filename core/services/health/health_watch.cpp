#include "health_watch.h"

#include "core/relay/circuits.h"

#include <QLoggingCategory>

#include <cmath>
#include <utility>

namespace freerelay::services {

namespace {

Q_LOGGING_CATEGORY(lcHealth, "freerelay.health", QtInfoMsg)

constexpr double percent = 100;

} // namespace

HealthWatch::HealthWatch(Parts parts, std::chrono::milliseconds pace)
    : m_parts(std::move(parts))
{
    m_pace.setSingleShot(true);
    m_pace.setInterval(pace);
    QObject::connect(&m_pace, &QTimer::timeout, &m_pace, [this] { judge(); });
    m_timer.setInterval(HealthTrend::step);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { tick(); });
    m_timer.start();
}

void HealthWatch::record(const std::shared_ptr<const relay::Outcome> & /*outcome*/)
{
    if (m_parts.table.isAnyUnwell() && !m_pending.exchange(true)) {
        QMetaObject::invokeMethod(&m_pace, [this] { m_pace.start(); });
    }
}

void HealthWatch::follow(const settings::BrownoutSettings &settings)
{
    health::BrownoutRules rules;
    rules.enabled = settings.enabled;
    rules.enterShare = settings.enterShare / percent;
    rules.leaveShare = settings.leaveShare / percent;
    rules.enterErrors = settings.enterErrors / percent;
    rules.leaveErrors = settings.leaveErrors / percent;
    rules.minimumCalls = settings.minimumCalls;
    rules.calm = settings.calm;
    m_brownout.setRules(rules);
}

void HealthWatch::tick()
{
    if (m_parts.table.counts().begun > 0) {
        m_trend.add(m_parts.table.view().providers, m_parts.clock.now(), m_parts.clock.wallNow());
    }
    judge();
}

void HealthWatch::judge()
{
    m_pending = false;
    const bool turned = m_brownout.judge(
        relay::brownoutReading(*m_parts.config(), m_parts.table), m_parts.clock.now());
    if (turned) {
        m_parts.table.setBrownout(m_brownout.isActive());
        log();
    }
    const health::BrownoutReading &reading = m_brownout.reading();
    const interfaces::BrownoutStatus now{m_brownout.isActive(), reading.open, reading.configured};
    const bool told = now.active || m_status.active;
    if (std::exchange(m_status, now) != now && told) {
        m_parts.changed();
    }
}

void HealthWatch::log() const
{
    if (!m_brownout.isActive()) {
        qCInfo(lcHealth, "brownout over: nothing is left out any more");
        return;
    }
    const health::BrownoutReading &reading = m_brownout.reading();
    qCWarning(
        lcHealth,
        "brownout: %d of %d providers and %d %% of %llu calls fail; batch requests are put off",
        reading.open,
        reading.configured,
        static_cast<int>(std::lround(m_brownout.errorRate() * percent)),
        static_cast<unsigned long long>(m_brownout.calls()));
}

} // namespace freerelay::services
