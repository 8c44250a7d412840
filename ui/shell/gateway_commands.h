#pragma once

#include "core/common/mode.h"

#include <QObject>
#include <QString>

namespace freerelay::ui {

class GatewayFeed;
class MessageList;

/// The orders that tray, menu bar and overview share. Main thread.
class GatewayCommands final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(GatewayCommands)

public:
    /// @param logFolder  where the program writes its log; openLogFolder() shows it
    GatewayCommands(
        GatewayFeed &feed,
        MessageList &messages,
        QString logFolder = {},
        QObject *parent = nullptr);
    ~GatewayCommands() override = default;

    void setMode(common::Mode mode);
    void togglePause();
    /// False (and nothing copied) when the gateway does not listen.
    bool copyEndpoint();
    /// Tries to listen on `port`; 0 = the one of the settings.
    void listenOn(quint16 port);
    /// Shows the log's files in the desktop's file manager, or says where they are.
    void openLogFolder();
    /// Tries the keychain again and tells the outcome.
    void retryKeychain();

    [[nodiscard]] static QString modeName(common::Mode mode);
    /// One sentence on what the mode may use.
    [[nodiscard]] static QString modeExplanation(common::Mode mode);

private:
    GatewayFeed &m_feed;
    MessageList &m_messages;
    QString m_logFolder;
};

} // namespace freerelay::ui
