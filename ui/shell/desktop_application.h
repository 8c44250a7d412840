#pragma once

#include "core/interfaces/gateway_control.h"
#include "ui/models/gateway_feed.h"
#include "ui/shell/gateway_commands.h"
#include "ui/shell/main_window.h"
#include "ui/shell/message_list.h"
#include "ui/shell/tray_icon.h"
#include "ui/shell/tray_presenter.h"
#include "ui/theme/system_theme.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>
#include <memory>

namespace freerelay::ui {

/// Tray and window over one gateway: the whole desktop face of the program.
///
/// Never hides what cannot be shown again: without a tray the window stays, and closing it asks.
/// Main thread. Create after QApplication, start() once, then run the event loop; the gateway's
/// quit() has to end it (with QCoreApplication::exit(): quit() asks the window, which only hides).
class DesktopApplication final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DesktopApplication)

public:
    struct Options
    {
        /// No window at start, provided that there is a tray to bring it back.
        bool startHidden = false;
        /// Whether closing the window leaves the program running; asked at each close, yes when
        /// empty.
        std::function<bool()> closeToTray{};
        /// How often an absent tray is looked for: desktops start it late.
        std::chrono::milliseconds trayRetry{2000};
        /// How long a hidden start waits for the tray before it shows the window after all.
        std::chrono::milliseconds trayPatience{5000};
        /// Whether there is a tray; QSystemTrayIcon::isSystemTrayAvailable when empty.
        std::function<bool()> trayAvailable{};
        /// Where the log is written; the window shows it on demand.
        QString logFolder{};
        /// Asks instead of dialogs (tests).
        Prompter *prompter = nullptr;
    };

    /// Names, icon and translations of the program; call right after creating QApplication.
    static void prepare();

    DesktopApplication(
        interfaces::GatewayControl &gateway, Options options, QObject *parent = nullptr);
    ~DesktopApplication() override;

    void start();
    /// Shows and raises the window: a second start, a desktop action, the command line.
    /// @param activationToken  of Wayland's xdg-activation or X11 startup notification; may be
    /// empty
    void activate(const QByteArray &activationToken = {});
    [[nodiscard]] MainWindow &window() const { return *m_window; }
    [[nodiscard]] TrayPresenter &tray() { return m_trayPresenter; }
    [[nodiscard]] MessageList &messages() { return m_messages; }
    [[nodiscard]] bool hasTray() const { return m_hasTray; }

private:
    [[nodiscard]] bool trayAvailable() const;
    void lookForTray();
    void onTrayFound();
    void refuseHiddenStart();
    void toggleWindow();
    void onCloseRequested();
    void askBeforeClosing();
    void quit();

    interfaces::GatewayControl &m_gateway;
    Options m_options;
    SystemTheme m_theme;
    GatewayFeed m_feed;
    MessageList m_messages;
    GatewayCommands m_commands;
    TrayPresenter m_trayPresenter;
    std::unique_ptr<MainWindow> m_window;
    std::unique_ptr<TrayIcon> m_trayIcon;
    QTimer m_trayTimer;
    QTimer m_patience;
    bool m_hasTray = false;
    bool m_asking = false;
};

} // namespace freerelay::ui
