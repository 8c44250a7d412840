#include "app_keys_presenter.h"

#include "core/interfaces/app_keys_json.h"
#include "ui/dialogs/prompter.h"
#include "ui/models/gateway_feed.h"
#include "ui/shell/message_list.h"

#include <QLocale>
#include <QPointer>

#include <algorithm>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using interfaces::AppKeyChange;
using interfaces::AppKeyRow;

AppKeysPresenter::AppKeysPresenter(
    GatewayFeed &feed, MessageList &messages, Prompter &prompter, QObject *parent)
    : QObject(parent)
    , m_feed(feed)
    , m_messages(messages)
    , m_prompter(prompter)
{
    m_timer.setInterval(interval);
    connect(&m_timer, &QTimer::timeout, this, &AppKeysPresenter::look);
}

void AppKeysPresenter::setActive(bool active)
{
    if (!active) {
        m_timer.stop();
        forgetFresh();
    } else if (!m_timer.isActive()) {
        m_timer.start();
        look();
    }
}

void AppKeysPresenter::look()
{
    m_rows = m_feed.gateway().appKeys().list();
    std::stable_partition(
        m_rows.begin(), m_rows.end(), [](const AppKeyRow &row) { return !row.revokedAt; });
    if (selected() == nullptr) {
        m_selected = m_rows.empty() ? QString() : m_rows.front().id;
    }
    Q_EMIT changed();
}

QStringList AppKeysPresenter::columns()
{
    return {tr("App"), tr("Key"), tr("Requests today"), tr("Tokens"), tr("Spent"), tr("Last used")};
}

QList<int> AppKeysPresenter::longColumns()
{
    constexpr int app = 0;
    constexpr int spent = 4;
    constexpr int lastUsed = 5;
    return {app, spent, lastUsed};
}

QStringList AppKeysPresenter::texts(const AppKeyRow &row)
{
    const QLocale locale;
    QString spent = interfaces::moneyText(row.today.spent);
    if (row.rights.dailyBudget) {
        spent = tr("%1 of %2", "money of a budget")
                    .arg(spent, interfaces::moneyText(*row.rights.dailyBudget));
    }
    if (row.today.unpriced > 0) {
        spent = tr("%1, and %2 not known", "money, requests").arg(spent).arg(row.today.unpriced);
    }
    QString requests = locale.toString(row.today.requests);
    if (row.today.refused > 0) {
        requests = tr("%1, %2 refused", "requests").arg(requests).arg(row.today.refused);
    }
    return {
        row.name,
        row.revokedAt ? tr("revoked") : tr("open"),
        requests,
        locale.toString(row.today.tokens),
        spent,
        row.lastUsedAt ? locale.toString(row.lastUsedAt->toLocalTime(), QLocale::ShortFormat)
                       : tr("never")};
}

QString AppKeysPresenter::problem() const
{
    return m_feed.gateway().appKeys().problem();
}

void AppKeysPresenter::select(const QString &id)
{
    if (id != m_selected) {
        m_selected = id;
        Q_EMIT changed();
    }
}

const AppKeyRow *AppKeysPresenter::selected() const
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [this](const AppKeyRow &row) {
        return row.id == m_selected;
    });
    return found == m_rows.end() ? nullptr : &*found;
}

void AppKeysPresenter::forgetFresh()
{
    if (m_fresh) {
        m_fresh.reset();
        Q_EMIT changed();
    }
}

void AppKeysPresenter::makeKey(const QString &name)
{
    AppKeyChange wanted;
    wanted.name = name;
    auto added = m_feed.gateway().appKeys().add(wanted);
    if (!added) {
        m_messages.addError(added.error());
        return;
    }
    m_selected = added->app.id;
    m_fresh = *std::move(added);
    look();
}

bool AppKeysPresenter::save(const QString &budget, std::optional<common::Mode> mode)
{
    const AppKeyRow *row = selected();
    if (row == nullptr) {
        return false;
    }
    AppKeyChange wanted;
    wanted.mode = mode;
    wanted.dailyBudget = std::optional<common::MicroUsd>();
    if (!budget.trimmed().isEmpty()) {
        const auto money = interfaces::moneyFromText(budget);
        if (!money) {
            m_messages.addError(money.error());
            return false;
        }
        wanted.dailyBudget = *money;
    }
    const auto changed = m_feed.gateway().appKeys().change(row->id, wanted);
    if (!changed) {
        m_messages.addError(changed.error());
        return false;
    }
    m_messages.add({MessageKind::Success, tr("What %1 may is saved.").arg(row->name)});
    look();
    return true;
}

void AppKeysPresenter::revoke()
{
    const AppKeyRow *row = selected();
    if (row == nullptr || row->revokedAt) {
        return;
    }
    const Question question{
        u"revokeApp"_s,
        tr("Revoke a key"),
        tr("Revoke the key of %1?").arg(row->name),
        tr("It gets no answers any more, from its next request on."),
        {tr("&Revoke"), tr("&Keep")},
        1};
    m_prompter.ask(question, [self = QPointer(this), row = *row](int answer) {
        if (self != nullptr && answer == 0) {
            self->carryOutRevocation(row);
        }
    });
}

void AppKeysPresenter::carryOutRevocation(const AppKeyRow &row)
{
    if (const auto done = m_feed.gateway().appKeys().revoke(row.id); !done) {
        m_messages.addError(done.error());
    } else {
        const auto undo = [self = QPointer(this), id = row.id] {
            if (self != nullptr) {
                self->restore(id);
            }
        };
        m_messages.add(
            {MessageKind::Info,
             tr("The key of %1 opens nothing any more.").arg(row.name),
             {},
             tr("U&ndo"),
             undo});
    }
    look();
}

void AppKeysPresenter::restore(const QString &id)
{
    if (const auto done = m_feed.gateway().appKeys().restore(id); !done) {
        m_messages.addError(done.error());
    }
    look();
}

} // namespace freerelay::ui
