#include "health_presenter.h"

#include "ui/models/gateway_feed.h"
#include "ui/widgets/charts/chart_ticks.h"
#include "ui/widgets/figures.h"

namespace freerelay::ui {

HealthPresenter::HealthPresenter(GatewayFeed &feed, std::chrono::milliseconds pace, QObject *parent)
    : QObject(parent)
    , m_feed(feed)
    , m_pace(this)
{
    m_pace.setInterval(pace);
    connect(&m_pace, &QTimer::timeout, this, &HealthPresenter::look);
}

void HealthPresenter::setActive(bool active)
{
    if (active == m_pace.isActive()) {
        return;
    }
    if (active) {
        m_pace.start();
        look();
    } else {
        m_pace.stop();
    }
}

void HealthPresenter::setProvider(const QByteArray &id)
{
    if (id == m_provider) {
        return;
    }
    m_provider = id;
    if (m_pace.isActive()) {
        look();
    }
}

void HealthPresenter::look()
{
    HealthPicture picture = HealthCharts::of(m_feed.gateway().health(m_provider));
    if (picture == m_picture) {
        return;
    }
    m_picture = std::move(picture);
    Q_EMIT changed();
}

QString HealthPresenter::spanText() const
{
    if (m_picture.isEmpty) {
        return {};
    }
    const ChartData &chart = m_picture.errors;
    return tr("The last %1, as of %2", "a length of time, time of day")
        .arg(Figures::span(chart.step * chart.steps), ChartTicks::stepText(chart, chart.steps - 1));
}

} // namespace freerelay::ui
