#include "apps_presenter.h"

#include "ui/models/gateway_feed.h"
#include "ui/shell/message_list.h"

#include <QPointer>

#include <algorithm>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using interfaces::AppRow;
using interfaces::AppState;

AppsPresenter::AppsPresenter(GatewayFeed &feed, MessageList &messages, QObject *parent)
    : QObject(parent)
    , m_feed(feed)
    , m_messages(messages)
{
    connect(&m_feed, &GatewayFeed::changed, this, [this] {
        if (m_active && m_feed.status().endpoint != m_endpoint) {
            look();
        }
    });
}

void AppsPresenter::setActive(bool active)
{
    const bool comesUp = active && !m_active;
    m_active = active;
    if (comesUp) {
        look();
    }
}

void AppsPresenter::look()
{
    m_endpoint = m_feed.status().endpoint;
    m_rows = m_feed.gateway().apps().list();
    std::stable_partition(m_rows.begin(), m_rows.end(), [](const AppRow &row) {
        return row.state != AppState::NotFound && row.state != AppState::ByHand
            && row.state != AppState::Unreachable;
    });
    if (selected() == nullptr && !m_rows.empty()) {
        m_selected = m_rows.front().id;
    }
    preview();
}

AppsPresenter::State AppsPresenter::stateOf(const AppRow &row)
{
    if (!row.problem.isEmpty()) {
        return {u"state-bad"_s, Tone::Bad, row.problem};
    }
    switch (row.state) {
    case AppState::NotFound:
        return {u"state-none"_s, Tone::Neutral, tr("Not found on this computer")};
    case AppState::Found:
        return {u"state-off"_s, Tone::Neutral, tr("Not connected")};
    case AppState::Connected:
        return {u"state-good"_s, Tone::Good, tr("Connected")};
    case AppState::Overwritten:
        return {u"state-warning"_s, Tone::Warning, tr("Its settings were changed since")};
    case AppState::OtherAddress:
        return {u"state-warning"_s, Tone::Warning, tr("Connected to an old address")};
    case AppState::ByHand:
        return {u"state-info"_s, Tone::Info, tr("Set up by hand")};
    case AppState::Unreachable:
        return {u"state-none"_s, Tone::Neutral, tr("Cannot reach this computer")};
    }
    return {};
}

const AppRow *AppsPresenter::selected() const
{
    const auto found = std::find_if(
        m_rows.begin(), m_rows.end(), [this](const AppRow &row) { return row.id == m_selected; });
    return found == m_rows.end() ? nullptr : &*found;
}

void AppsPresenter::select(const QString &id)
{
    if (id != m_selected) {
        m_selected = id;
        m_order = Order::Connect;
        preview();
    }
}

bool AppsPresenter::isPossible(Order order) const
{
    const AppRow *row = selected();
    return row != nullptr && (order == Order::Connect ? row->canConnect : row->canUndo);
}

void AppsPresenter::setOrder(Order order)
{
    if (order != m_order && isPossible(order)) {
        m_order = order;
        preview();
    }
}

void AppsPresenter::preview()
{
    m_diff.clear();
    m_problem.clear();
    m_left = 0;
    if (!isPossible(m_order)) {
        const Order other = m_order == Order::Connect ? Order::Undo : Order::Connect;
        m_order = isPossible(other) ? other : Order::Connect;
    }
    if (isPossible(m_order)) {
        const auto change = m_feed.gateway().apps().preview(m_selected, m_order);
        if (change) {
            m_diff = change->diff;
            m_left = change->left;
        } else {
            m_problem = change.error().message;
        }
    }
    Q_EMIT changed();
}

QString AppsPresenter::note() const
{
    if (!m_problem.isEmpty()) {
        return m_problem;
    }
    return m_left > 0
        ? tr("%n setting(s) were changed since and stay as they are.", nullptr, m_left)
        : QString();
}

void AppsPresenter::carryOut()
{
    const AppRow *row = selected();
    if (row == nullptr || m_busy || !isPossible(m_order)) {
        return;
    }
    if (m_order == Order::Undo) {
        undo(*row);
        return;
    }
    // Asked first: a tool whose dialect is not spoken would only be broken.
    m_busy = true;
    Q_EMIT changed();
    m_feed.gateway().apps().test(
        m_selected, [self = QPointer(this), row = *row, shown = m_diff](const Answer &answer) {
            if (self != nullptr) {
                self->connectTool(row, shown, answer);
            }
        });
}

void AppsPresenter::undo(const AppRow &row)
{
    if (const auto done = m_feed.gateway().apps().carryOut(row.id, Order::Undo); !done) {
        m_messages.addError(done.error());
    } else {
        m_messages.add({MessageKind::Success, tr("%1 is as it was before.").arg(row.name)});
    }
    m_order = Order::Connect;
    look();
}

void AppsPresenter::connectTool(const AppRow &row, const QString &shown, const Answer &answer)
{
    m_busy = false;
    interfaces::AppConnections &apps = m_feed.gateway().apps();
    if (!answer && answer.error().kind == common::ErrorKind::NotFound) {
        m_messages.add(
            {MessageKind::Warning,
             tr("%1 is left as it is: it would get no answers.").arg(row.name),
             answer.error().message});
    } else if (const auto change = apps.preview(row.id, Order::Connect);
               !change || change->diff != shown) {
        m_messages.add(
            {MessageKind::Warning,
             tr("The settings of %1 have just changed; please look again.").arg(row.name)});
    } else if (const auto done = apps.carryOut(row.id, Order::Connect); !done) {
        m_messages.addError(done.error());
    } else {
        onAnswer(row.name, answer);
    }
    look();
}

void AppsPresenter::test()
{
    const AppRow *row = selected();
    if (row == nullptr || m_busy) {
        return;
    }
    m_feed.gateway().apps().test(
        m_selected, [self = QPointer(this), name = row->name](const Answer &answer) {
            if (self != nullptr) {
                self->onAnswer(name, answer);
            }
        });
}

void AppsPresenter::onAnswer(const QString &name, const Answer &answer)
{
    if (answer) {
        m_messages.add(
            {MessageKind::Success,
             tr("%1 is connected; %2 answered a test request in %3 ms.")
                 .arg(name, answer->provider)
                 .arg(answer->latency.count())});
    } else {
        m_messages.add(
            {MessageKind::Warning,
             tr("%1 is connected, but its test request failed.").arg(name),
             answer.error().message});
    }
}

} // namespace freerelay::ui
