#include "activity_presenter.h"

#include "ui/models/gateway_feed.h"

#include <QLocale>

#include <utility>

namespace freerelay::ui {

using interfaces::RequestStats;
using interfaces::StatsWindow;

ActivityPresenter::ActivityPresenter(
    GatewayFeed &feed, std::chrono::milliseconds pace, QObject *parent)
    : QObject(parent)
    , m_feed(feed)
    , m_pace(this)
{
    m_pace.setInterval(pace);
    connect(&m_pace, &QTimer::timeout, this, &ActivityPresenter::onPace);
}

void ActivityPresenter::setActive(bool active)
{
    if (active == m_pace.isActive()) {
        return;
    }
    if (active) {
        m_pace.start();
        ask();
    } else {
        m_pace.stop();
        ++m_question;
        m_waiting = false;
    }
}

void ActivityPresenter::setWindow(StatsWindow window)
{
    if (window == m_window) {
        return;
    }
    m_window = window;
    if (m_pace.isActive()) {
        ask();
    }
}

void ActivityPresenter::onPace()
{
    ++m_idle;
    if (m_waiting) {
        return;
    }
    const bool happened = m_feed.status().requestsTotal != m_seenRequests;
    const bool settled = std::exchange(m_settling, happened);
    if (happened || settled || m_idle >= idlePaces) {
        ask();
    }
}

void ActivityPresenter::ask()
{
    m_waiting = true;
    m_idle = 0;
    m_seenRequests = m_feed.status().requestsTotal;
    m_feed.gateway().history().stats(
        {.window = m_window, .series = interfaces::StatsSeries::Providers},
        *this,
        [this, question = ++m_question](const common::Result<RequestStats> &stats) {
            if (question == m_question) {
                onAnswer(stats);
            }
        });
}

void ActivityPresenter::onAnswer(const common::Result<RequestStats> &stats)
{
    m_waiting = false;
    if (!stats) {
        m_problem = stats.error().message;
        Q_EMIT changed();
        return;
    }
    m_problem.clear();
    m_hasAnswer = true;
    QMap<QString, QString> names;
    for (const interfaces::ProviderRow &row : m_feed.providers()) {
        names.insert(QString::fromUtf8(row.id), row.name);
    }
    m_activity = ActivityFigures::of(*stats, names);
    Q_EMIT changed();
}

QString ActivityPresenter::asOfText() const
{
    if (!m_activity.asOf.isValid()) {
        return {};
    }
    const QLocale locale;
    const QTime time = m_activity.asOf.toLocalTime().time();
    return tr("As of %1").arg(locale.toString(time, tr("HH:mm:ss", "a time in QTime's format")));
}

QString ActivityPresenter::windowText(StatsWindow window)
{
    switch (window) {
    case StatsWindow::Hour:
        return tr("the last hour");
    case StatsWindow::Day:
        return tr("the last 24 hours");
    case StatsWindow::Week:
        return tr("the last 7 days");
    case StatsWindow::Month:
        return tr("the last 30 days");
    case StatsWindow::Quarter:
        return tr("the last 90 days");
    }
    return {};
}

} // namespace freerelay::ui
