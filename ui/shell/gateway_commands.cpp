#include "gateway_commands.h"

#include "ui/models/gateway_feed.h"
#include "ui/shell/message_list.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QDir>
#include <QGuiApplication>
#include <QPointer>
#include <QUrl>

#include <utility>

namespace freerelay::ui {

using common::Mode;

GatewayCommands::GatewayCommands(
    GatewayFeed &feed, MessageList &messages, QString logFolder, QObject *parent)
    : QObject(parent)
    , m_feed(feed)
    , m_messages(messages)
    , m_logFolder(std::move(logFolder))
{ }

void GatewayCommands::setMode(Mode mode)
{
    const common::Result<void> stored = m_feed.gateway().setMode(mode);
    if (!stored) {
        m_messages.add(
            {MessageKind::Warning,
             tr("The mode is “%1” until FreeRelay ends; it could not be saved.")
                 .arg(modeName(mode)),
             stored.error().message});
    }
    m_feed.refresh();
}

void GatewayCommands::togglePause()
{
    if (m_feed.status().paused) {
        m_feed.gateway().resume();
    } else {
        m_feed.gateway().pause();
    }
    m_feed.refresh();
}

bool GatewayCommands::copyEndpoint()
{
    const QString endpoint = m_feed.status().endpoint;
    if (endpoint.isEmpty()) {
        return false;
    }
    QGuiApplication::clipboard()->setText(endpoint);
    m_messages.add({MessageKind::Success, tr("Copied %1.").arg(endpoint)});
    return true;
}

void GatewayCommands::listenOn(quint16 port)
{
    const common::Result<void> done = m_feed.gateway().listenOn(port);
    m_feed.refresh();
    if (m_feed.status().listening) {
        m_messages.add(
            {MessageKind::Success,
             tr("FreeRelay answers on %1 now.").arg(m_feed.status().endpoint)});
    }
    if (!done) {
        m_messages.addError(done.error());
    }
}

void GatewayCommands::openLogFolder()
{
    if (!QDir(m_logFolder).exists()) {
        m_messages.add(
            {MessageKind::Warning, tr("Nothing has been written to the log yet."), m_logFolder});
    } else if (!QDesktopServices::openUrl(QUrl::fromLocalFile(m_logFolder))) {
        m_messages.add(
            {MessageKind::Warning, tr("No program of this desktop shows folders."), m_logFolder});
    }
}

void GatewayCommands::retryKeychain()
{
    m_feed.gateway().retryKeychain(
        [self = QPointer<GatewayCommands>(this)](const common::Result<void> &result) {
            if (!self) {
                return;
            }
            if (result) {
                self->m_messages.add({MessageKind::Success, tr("The keychain answers again.")});
            } else {
                self->m_messages.addError(result.error());
            }
            self->m_feed.refresh();
        });
}

QString GatewayCommands::modeName(Mode mode)
{
    switch (mode) {
    case Mode::Free:
        return tr("Free");
    case Mode::Paid:
        return tr("Paid");
    case Mode::Auto:
        return tr("Auto");
    }
    return {};
}

QString GatewayCommands::modeExplanation(Mode mode)
{
    switch (mode) {
    case Mode::Free:
        return tr("Free tiers and local models only. Nothing is spent.");
    case Mode::Paid:
        return tr("Paid providers only.");
    case Mode::Auto:
        return tr("Free by default; paid only when nothing free can do the task.");
    }
    return {};
}

} // namespace freerelay::ui
