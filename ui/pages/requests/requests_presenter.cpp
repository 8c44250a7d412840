#include "requests_presenter.h"

#include "ui/models/gateway_feed.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLocale>

namespace freerelay::ui {

using namespace std::chrono_literals;
using interfaces::RequestRow;

RequestsPresenter::RequestsPresenter(GatewayFeed &feed, QObject *parent)
    : QObject(parent)
    , m_feed(feed)
    , m_model(this)
    , m_filtered(this)
    , m_poll(this)
{
    m_filtered.setSourceModel(&m_model);
    m_poll.setInterval(250ms);
    connect(&m_poll, &QTimer::timeout, this, &RequestsPresenter::poll);
}

void RequestsPresenter::setActive(bool active)
{
    m_active = active;
    updatePolling();
}

void RequestsPresenter::setHeld(bool held)
{
    m_held = held;
    updatePolling();
}

void RequestsPresenter::setFilter(const QString &text)
{
    m_filter = text;
    m_filtered.setFilterText(text);
    Q_EMIT changed();
}

std::vector<RequestsPresenter::Field> RequestsPresenter::details(int filteredRow) const
{
    const RequestRow *row = m_model.row(sourceRow(filteredRow));
    if (row == nullptr) {
        return {};
    }
    const QLocale locale;
    return {
        {tr("Request"), row->requestId},
        {tr("Time"), locale.toString(row->time.toLocalTime(), QLocale::ShortFormat)},
        {tr("Status"), RequestTableModel::statusWords(*row)},
        {tr("Asked for"), row->askedModel},
        {tr("Answered by"), tr("%1 (%2)", "model, provider").arg(row->model, row->provider)},
        {tr("Attempts"), locale.toString(row->attempts)},
        {tr("First token"), RequestTableModel::durationText(row->ttft)},
        {tr("Total"), RequestTableModel::durationText(row->duration)},
        {tr("Tokens"), RequestTableModel::tokensText(*row)},
    };
}

QString RequestsPresenter::errorText(int filteredRow) const
{
    const RequestRow *row = m_model.row(sourceRow(filteredRow));
    return row == nullptr ? QString() : row->error;
}

void RequestsPresenter::copyRow(int filteredRow) const
{
    const int row = sourceRow(filteredRow);
    if (row >= 0) {
        QGuiApplication::clipboard()->setText(m_model.rowText(row));
    }
}

QString RequestsPresenter::countText() const
{
    const int all = m_model.rowCount();
    if (m_filter.isEmpty()) {
        return tr("%n request(s)", nullptr, all);
    }
    return tr("%1 of %n request(s)", nullptr, all).arg(m_filtered.rowCount());
}

void RequestsPresenter::poll()
{
    auto rows = m_feed.gateway().recentRequests(
        RequestTableModel::capacity, m_model.lastSequence());
    if (!rows.empty()) {
        m_model.prepend(std::move(rows));
        Q_EMIT changed();
    }
}

void RequestsPresenter::updatePolling()
{
    const bool wanted = m_active && !m_held;
    if (wanted == m_poll.isActive()) {
        return;
    }
    if (wanted) {
        poll();
        m_poll.start();
    } else {
        m_poll.stop();
    }
}

int RequestsPresenter::sourceRow(int filteredRow) const
{
    const QModelIndex index = m_filtered.index(filteredRow, 0);
    return index.isValid() ? m_filtered.mapToSource(index).row() : -1;
}

} // namespace freerelay::ui
