#include "requests_presenter.h"

#include "ui/models/gateway_feed.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLocale>

#include <algorithm>

namespace freerelay::ui {

using namespace std::chrono_literals;
using interfaces::RequestRow;

namespace {

constexpr auto pollInterval = 250ms; // 4 Hz, docs/architecture.md
/// A page that brings fewer new rows is followed by the next one at once.
constexpr std::size_t enoughRows = 50;

QStringList namesOf(const std::vector<interfaces::StatsFigures> &figures)
{
    QStringList names;
    for (const interfaces::StatsFigures &row : figures) {
        if (!row.name.isEmpty()) {
            names.append(row.name);
        }
    }
    return names;
}

} // namespace

RequestsPresenter::RequestsPresenter(GatewayFeed &feed, QObject *parent)
    : QObject(parent)
    , m_feed(feed)
    , m_model(this)
    , m_inspector(feed, this)
    , m_poll(this)
{
    m_poll.setInterval(pollInterval);
    connect(&m_poll, &QTimer::timeout, this, &RequestsPresenter::poll);
    connect(&m_model, &RequestTableModel::olderWanted, this, &RequestsPresenter::askForPage);
    connect(&m_inspector, &RequestInspector::askedAgain, this, [this](const QString &requestId) {
        m_wanted = requestId;
        lookForWanted(); // a short answer may have been quicker than this word
    });
}

void RequestsPresenter::setActive(bool active)
{
    if (m_active == active) {
        return;
    }
    m_active = active;
    if (!active) {
        m_poll.stop();
        return;
    }
    if (m_started) {
        poll();
    } else {
        m_started = true;
        reload();
    }
    askForChoices();
    m_poll.start();
}

void RequestsPresenter::setHeld(bool held)
{
    m_held = held;
    if (!held) {
        m_waiting = 0;
        if (m_active) {
            poll();
        }
    }
    Q_EMIT changed();
}

void RequestsPresenter::setFilter(const interfaces::RequestFilter &filter)
{
    if (filter == m_filter) {
        return;
    }
    m_filter = filter;
    if (m_started) {
        reload();
    }
}

void RequestsPresenter::reload()
{
    ++m_generation;
    m_inspector.clear();
    m_model.clear();
    m_liveIds.clear();
    m_next.reset();
    m_problem.clear();
    m_waiting = 0;
    m_loading = true;
    auto live = m_feed.gateway().recentRequests(liveRows, 0);
    m_lastSequence = live.empty() ? 0 : live.front().sequence;
    addLive(std::move(live));
    askForPage();
    Q_EMIT changed();
}

void RequestsPresenter::askForPage()
{
    m_feed.gateway().history().page(
        m_filter,
        pageRows,
        m_next,
        *this,
        [this, generation = m_generation](const common::Result<interfaces::RequestPage> &page) {
            if (generation == m_generation) {
                onPage(page);
            }
        });
}

void RequestsPresenter::onPage(const common::Result<interfaces::RequestPage> &page)
{
    m_loading = false;
    if (!page) {
        m_problem = page.error().message;
        m_model.setHasOlder(false);
        Q_EMIT changed();
        return;
    }
    std::vector<RequestRow> rows = page->rows;
    std::erase_if(
        rows, [this](const RequestRow &row) { return m_liveIds.contains(row.requestId); });
    m_next = page->next;
    const bool isThin = rows.size() < enoughRows;
    m_model.append(std::move(rows));
    m_model.setHasOlder(m_next.has_value());
    if (isThin && m_next && !m_model.isFull()) {
        m_model.fetchMore({});
    }
    Q_EMIT changed();
}

void RequestsPresenter::askForChoices()
{
    m_feed.gateway().history().stats(
        {.window = interfaces::StatsWindow::Month},
        *this,
        [this](const common::Result<interfaces::RequestStats> &stats) {
            if (!stats) {
                return; // onPage() tells it; the filter keeps the names it has
            }
            Choices choices{
                namesOf(stats->providers), namesOf(stats->models), namesOf(stats->apps)};
            if (choices != m_choices) {
                m_choices = std::move(choices);
                Q_EMIT choicesChanged();
            }
        });
}

void RequestsPresenter::poll()
{
    auto rows = m_feed.gateway().recentRequests(liveRows, m_lastSequence);
    if (rows.empty()) {
        return;
    }
    if (m_held) {
        m_waiting = rows.front().sequence - m_lastSequence;
        Q_EMIT changed();
        return;
    }
    if (rows.back().sequence > m_lastSequence + 1) {
        reload(); // more has happened than the gateway remembers: the record knows
        return;
    }
    m_lastSequence = rows.front().sequence;
    addLive(std::move(rows));
    Q_EMIT changed();
    lookForWanted();
}

void RequestsPresenter::addLive(std::vector<RequestRow> rows)
{
    std::erase_if(rows, [this](const RequestRow &row) { return !matches(m_filter, row); });
    for (const RequestRow &row : rows) {
        m_liveIds.insert(row.requestId);
    }
    m_model.prepend(std::move(rows));
    if (m_model.isFull()) {
        m_liveIds.clear(); // nothing older is asked for any more
    }
}

void RequestsPresenter::lookForWanted()
{
    const int rows = m_wanted.isEmpty() ? 0 : std::min(m_model.rowCount(), liveRows);
    for (int row = 0; row < rows; ++row) {
        if (m_model.row(row)->requestId == m_wanted) {
            m_wanted.clear();
            Q_EMIT rowWanted(row);
            return;
        }
    }
}

QString RequestsPresenter::countText() const
{
    const int shown = m_model.rowCount();
    const QString text = m_next || m_model.isFull() ? tr("More than %n request(s)", nullptr, shown)
                                                    : tr("%n request(s)", nullptr, shown);
    if (m_waiting == 0) {
        return text;
    }
    return tr("%1 · %2", "requests shown, new requests")
        .arg(text, tr("%n new", nullptr, static_cast<int>(m_waiting)));
}

void RequestsPresenter::select(int row)
{
    const RequestRow *shown = m_model.row(row);
    if (shown == nullptr || shown->requestId != m_inspector.requestId()) {
        m_wanted.clear(); // who looks at something else is not torn away from it
    }
    if (shown != nullptr) {
        m_inspector.show(*shown);
    } else {
        m_inspector.clear();
    }
}

void RequestsPresenter::copyRow(int row) const
{
    if (m_model.row(row) != nullptr) {
        QGuiApplication::clipboard()->setText(m_model.rowText(row));
    }
}

} // namespace freerelay::ui
