#include "sleep_watch.h"

#include <QLoggingCategory>

namespace freerelay::services {

namespace {

Q_LOGGING_CATEGORY(lcServices, "freerelay.services", QtInfoMsg)

} // namespace

SleepWatch::SleepWatch(
    quota::CoolDownTable &coolDowns, const common::Clock &clock, std::function<void()> woken)
    : m_coolDowns(coolDowns)
    , m_clock(clock)
    , m_woken(std::move(woken))
    , m_steady(clock.now())
    , m_wall(clock.wallNow())
{
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { look(); });
    m_timer.start(interval);
}

void SleepWatch::look()
{
    const common::SteadyTime steady = m_clock.now();
    const common::WallTime wall = m_clock.wallNow();
    const common::Duration slept = (wall - m_wall) - (steady - m_steady);
    m_steady = steady;
    m_wall = wall;
    if (slept < shortestSleep) {
        return;
    }
    m_coolDowns.skip(slept);
    qCInfo(lcServices) << "the machine slept for"
                       << std::chrono::duration_cast<std::chrono::seconds>(slept).count() << "s";
    m_woken();
}

} // namespace freerelay::services
