#include "tray_presenter.h"

#include "ui/models/gateway_feed.h"
#include "ui/shell/gateway_commands.h"
#include "ui/widgets/figures.h"

#include <QUrl>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using common::Mode;
using interfaces::GatewayStatus;

namespace {

constexpr auto modePrefix = "mode-"_L1;

} // namespace

TrayState trayStateOf(const GatewayStatus &status)
{
    if (!status.listening) {
        return TrayState::Down;
    }
    if (status.paused) {
        return TrayState::Paused;
    }
    if (!status.problem.isEmpty()) {
        return TrayState::Degraded;
    }
    if (status.demo) {
        return TrayState::Demo;
    }
    const bool isWell = status.providersReady > 0 && !status.brownout.active;
    return isWell ? TrayState::Ok : TrayState::Degraded;
}

QString toString(TrayState state)
{
    switch (state) {
    case TrayState::Ok:
        return u"ok"_s;
    case TrayState::Paused:
        return u"paused"_s;
    case TrayState::Degraded:
        return u"degraded"_s;
    case TrayState::Down:
        return u"down"_s;
    case TrayState::Demo:
        return u"demo"_s;
    }
    return {};
}

TrayPresenter::TrayPresenter(GatewayFeed &feed, GatewayCommands &commands, QObject *parent)
    : QObject(parent)
    , m_feed(feed)
    , m_commands(commands)
{
    connect(&m_feed, &GatewayFeed::changed, this, &TrayPresenter::changed);
}

TrayState TrayPresenter::state() const
{
    return trayStateOf(m_feed.status());
}

const GatewayStatus &TrayPresenter::status() const
{
    return m_feed.status();
}

QString TrayPresenter::stateWord(TrayState state)
{
    switch (state) {
    case TrayState::Ok:
        return tr("Running");
    case TrayState::Paused:
        return tr("Paused");
    case TrayState::Degraded:
        return tr("Needs attention");
    case TrayState::Down:
        return tr("Not listening");
    case TrayState::Demo:
        return tr("Demo answers");
    }
    return {};
}

QString TrayPresenter::describe(const GatewayStatus &status)
{
    QStringList parts{stateWord(trayStateOf(status))};
    if (!status.endpoint.isEmpty()) {
        parts.append(QUrl(status.endpoint).authority());
    }
    if (status.listening && !status.demo) {
        parts.append(tr("%n provider(s) ready", nullptr, status.providersReady));
    }
    if (status.chaos.on) {
        parts.append(tr("CHAOS IS ON: faults on purpose"));
    }
    return parts.join(u" · "_s);
}

QString TrayPresenter::quotaSentence(const interfaces::QuotaOutlook &outlook, const QDateTime &now)
{
    if (outlook.usedUp.empty()) {
        return {};
    }
    const interfaces::UsedUpProvider &first = outlook.usedUp.front();
    const int count = int(outlook.usedUp.size());
    const QString time = Figures::moment(first.until, now);
    const QString gone = count == 1
        ? tr("%1 is used up until %2", "provider, time").arg(first.name, time)
        : tr("%n provider(s) are used up, the first (%1) until %2", "provider, time", count)
              .arg(first.name, time);
    if (outlook.next.empty()) {
        return tr("%1; nobody else can answer.", "that a provider is used up").arg(gone);
    }
    return tr("%1; %2 answers.", "that a provider is used up, another provider")
        .arg(gone, outlook.next.front().name);
}

QString TrayPresenter::brownoutSentence(const interfaces::BrownoutStatus &brownout)
{
    if (!brownout.active) {
        return {};
    }
    if (brownout.open == 0) {
        return tr("Providers failed a moment ago; batch requests are put off for some minutes.");
    }
    return tr("%1 of %2 providers fail; batch requests are put off until they answer.", "numbers")
        .arg(brownout.open)
        .arg(brownout.configured);
}

QString TrayPresenter::quotaLine() const
{
    return quotaSentence(status().outlook, QDateTime::currentDateTime());
}

QString TrayPresenter::toolTip() const
{
    QStringList lines{tr("FreeRelay"), statusLine()};
    if (!status().problem.isEmpty()) {
        lines.append(status().problem);
    }
    for (const QString &line : {brownoutSentence(status().brownout), quotaLine()}) {
        if (!line.isEmpty()) {
            lines.append(line);
        }
    }
    return lines.join(u'\n');
}

TrayEntry TrayPresenter::modeMenu() const
{
    const Mode current = m_feed.status().mode;
    TrayEntry menu{
        TrayEntry::Kind::Choices,
        u"mode"_s,
        tr("&Mode: %1").arg(GatewayCommands::modeName(current))};
    const auto add = [&menu, current](Mode mode, const QString &text) {
        menu.choices.push_back(
            {QString(modePrefix).append(common::toString(mode)), text, mode == current});
    };
    add(Mode::Free, tr("&Free – free tiers and local models"));
    add(Mode::Paid, tr("&Paid – paid providers only"));
    add(Mode::Auto, tr("&Auto – free first, paid when needed"));
    return menu;
}

std::vector<TrayEntry> TrayPresenter::menu() const
{
    using Kind = TrayEntry::Kind;
    const GatewayStatus &now = status();
    std::vector<TrayEntry> entries;
    entries.push_back({Kind::Status, u"status"_s, statusLine()});
    if (!now.problem.isEmpty()) {
        entries.push_back({Kind::Status, u"problem"_s, now.problem});
    }
    if (const QString brownout = brownoutSentence(now.brownout); !brownout.isEmpty()) {
        entries.push_back({Kind::Status, u"brownout"_s, brownout});
    }
    if (const QString quota = quotaLine(); !quota.isEmpty()) {
        entries.push_back({Kind::Status, u"quota"_s, quota});
    }
    entries.push_back({Kind::Separator, u"separator1"_s, {}});
    entries.push_back({Kind::Command, u"open"_s, tr("&Open FreeRelay")});
    entries.push_back(modeMenu());
    entries.push_back(
        {Kind::Command, u"pause"_s, now.paused ? tr("&Resume Relaying") : tr("&Pause Relaying")});
    TrayEntry copy{Kind::Command, u"copyEndpoint"_s, tr("&Copy Endpoint")};
    copy.enabled = !now.endpoint.isEmpty();
    copy.reason = copy.enabled ? QString() : tr("FreeRelay is not listening on any address");
    entries.push_back(copy);
    entries.push_back({Kind::Command, u"connect"_s, tr("Connect an &App…")});
    entries.push_back({Kind::Separator, u"separator2"_s, {}});
    entries.push_back({Kind::Command, u"quit"_s, tr("&Quit FreeRelay")});
    return entries;
}

void TrayPresenter::trigger(const QString &id)
{
    // The state lines are no dead text: greyed out they would be hard to read.
    if (id == "open"_L1 || id == "status"_L1 || id == "problem"_L1 || id == "brownout"_L1
        || id == "quota"_L1) {
        Q_EMIT openRequested();
    } else if (id == "pause"_L1) {
        m_commands.togglePause();
    } else if (id == "copyEndpoint"_L1) {
        m_commands.copyEndpoint();
    } else if (id == "connect"_L1) {
        Q_EMIT connectRequested();
    } else if (id == "quit"_L1) {
        Q_EMIT quitRequested();
    } else if (id.startsWith(modePrefix)) {
        if (const auto mode = common::modeFromString(QStringView(id).mid(modePrefix.size()))) {
            m_commands.setMode(*mode);
        }
    }
}

} // namespace freerelay::ui
