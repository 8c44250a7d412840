#include "overview_presenter.h"

#include "ui/models/gateway_feed.h"
#include "ui/shell/gateway_commands.h"
#include "ui/shell/tray_presenter.h"

#include <QLocale>

#include <algorithm>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using interfaces::GatewayStatus;

namespace {

constexpr auto activityPace = 1s;

} // namespace

OverviewPresenter::OverviewPresenter(GatewayFeed &feed, GatewayCommands &commands, QObject *parent)
    : QObject(parent)
    , m_feed(feed)
    , m_commands(commands)
    , m_activity(feed, activityPace, this)
    , m_poll(this)
{
    m_poll.setInterval(1s);
    connect(&m_poll, &QTimer::timeout, &m_feed, &GatewayFeed::refresh);
    connect(&m_feed, &GatewayFeed::changed, this, &OverviewPresenter::changed);
}

OverviewPresenter::Headline OverviewPresenter::headline() const
{
    const GatewayStatus &status = m_feed.status();
    switch (trayStateOf(status)) {
    case TrayState::Down:
        return {
            u"state-bad"_s,
            Tone::Bad,
            tr("Not listening"),
            status.problem.isEmpty() ? tr("FreeRelay has no address to answer on yet.")
                                     : status.problem};
    case TrayState::Paused:
        return {
            u"state-paused"_s,
            Tone::Neutral,
            tr("Paused"),
            tr("Requests are refused until you resume.")};
    case TrayState::Demo:
        return {
            u"state-demo"_s,
            Tone::Info,
            tr("Running with demo answers"),
            tr("No provider is set up yet, so a built-in demo answers. It calls no model; it shows "
               "that your tools reach FreeRelay.")};
    case TrayState::Degraded:
        return {u"state-warning"_s, Tone::Warning, tr("Needs attention"), degradedSentence()};
    case TrayState::Ok:
        break;
    }
    return {
        u"state-good"_s,
        Tone::Good,
        tr("Running"),
        tr("%n provider(s) ready to answer.", nullptr, status.providersReady)};
}

QString OverviewPresenter::degradedSentence() const
{
    const GatewayStatus &status = m_feed.status();
    if (!status.problem.isEmpty()) {
        return status.problem;
    }
    const QString brownout = TrayPresenter::brownoutSentence(status.brownout);
    return brownout.isEmpty() ? tr("No provider is ready to answer at the moment.") : brownout;
}

bool OverviewPresenter::keychainTrouble() const
{
    const auto &rows = m_feed.providers();
    return std::any_of(rows.begin(), rows.end(), [](const interfaces::ProviderRow &row) {
        return row.state == interfaces::KeyState::KeychainLocked;
    });
}

OverviewPresenter::NextStep OverviewPresenter::listenStep() const
{
    const quint16 port = m_feed.status().nextFreePort;
    if (port == 0) {
        return {
            Step::Listen,
            tr("No tool can reach FreeRelay"),
            tr("Once the cause is out of the way, try again."),
            tr("&Try again"),
            u"resume"_s};
    }
    return {
        Step::ChangePort,
        tr("Port %1 is free").arg(port),
        tr("FreeRelay can use it from now on; your tools then need the new address. Or end the "
           "other program and keep the port."),
        tr("Use p&ort %1").arg(port),
        u"connect"_s,
        tr("&Keep the port, try again")};
}

OverviewPresenter::NextStep OverviewPresenter::nextStep() const
{
    const GatewayStatus &status = m_feed.status();
    if (!status.listening) {
        return listenStep();
    }
    if (status.paused) {
        return {
            Step::Resume,
            tr("Relaying is paused"),
            tr("Your tools get a clear “paused” error meanwhile."),
            tr("Resu&me relaying"),
            u"resume"_s};
    }
    if (keychainTrouble()) {
        return {
            Step::RetryKeychain,
            tr("The keychain is locked"),
            tr("Unlock it, then try again. Saved keys are used as soon as they can be read."),
            tr("&Try the keychain again"),
            u"key"_s};
    }
    if (status.providersConfigured == 0) {
        return {
            Step::AddKey,
            tr("Next: set up a provider"),
            tr("Some work without a key once you agree to their terms; others give a free key in "
               "two minutes."),
            tr("&Set up a provider"),
            u"add"_s};
    }
    if (status.providersReady == 0) {
        return {
            Step::SeeProviders,
            tr("No provider is ready"),
            tr("See which keys were refused and which limits have to reset."),
            tr("&See the providers"),
            u"providers"_s};
    }
    return {
        Step::ConnectApp,
        tr("Next: connect your tools"),
        tr("Ready-made settings for your shell, curl, Python, Node, Continue and OpenCode."),
        tr("Connect an a&pp"),
        u"connect"_s};
}

QString OverviewPresenter::activity() const
{
    const GatewayStatus &status = m_feed.status();
    if (status.requestsTotal == 0 && status.requestsInFlight == 0) {
        return tr("No request yet since FreeRelay started.");
    }
    const auto number = [](quint64 value) {
        return static_cast<int>(std::min<quint64>(value, std::numeric_limits<int>::max()));
    };
    return QStringList{
        tr("%n request(s) since the start", nullptr, number(status.requestsTotal)),
        tr("%n failed", nullptr, number(status.requestsFailed)),
        tr("%n under way", nullptr, status.requestsInFlight)}
        .join(u" · "_s);
}

QString OverviewPresenter::notice() const
{
    const interfaces::TextsStatus &texts = m_feed.status().recording.texts;
    if (!texts.isOn()) {
        return {};
    }
    const int hours = static_cast<int>(texts.keep.count());
    const QString kept = tr(
        "Prompts and answers are kept for %n hour(s), for debugging.", nullptr, hours);
    if (!texts.oldestUntil) {
        return kept;
    }
    const QString until = QLocale().toString(
        texts.oldestUntil->toLocalTime(), QLocale::ShortFormat);
    return tr("%1 The oldest are deleted at %2.", "a sentence, time").arg(kept, until);
}

void OverviewPresenter::setActive(bool active)
{
    if (active == m_poll.isActive()) {
        return;
    }
    m_activity.setActive(active);
    if (active) {
        m_poll.start();
        m_feed.refresh();
    } else {
        m_poll.stop();
    }
}

void OverviewPresenter::takeNextStep()
{
    switch (nextStep().step) {
    case Step::ChangePort:
        m_commands.listenOn(m_feed.status().nextFreePort);
        break;
    case Step::Listen:
        takeOtherStep();
        break;
    case Step::Resume:
        m_commands.togglePause();
        break;
    case Step::RetryKeychain:
        m_commands.retryKeychain();
        break;
    case Step::AddKey:
    case Step::SeeProviders:
        Q_EMIT providersRequested();
        break;
    case Step::ConnectApp:
        Q_EMIT connectRequested();
        break;
    }
}

void OverviewPresenter::takeOtherStep()
{
    m_commands.listenOn(0);
}

} // namespace freerelay::ui
