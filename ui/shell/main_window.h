#pragma once

#include "ui/dialogs/dialog_prompter.h"
#include "ui/shell/action_registry.h"

#include <QMainWindow>

#include <memory>
#include <vector>

class QListWidget;
class QStackedWidget;

namespace freerelay::ui {

class AppKeysPresenter;
class AppsPage;
class AppsPresenter;
class ConnectPage;
class ConnectPresenter;
class DeveloperPage;
class DeveloperPresenter;
class GatewayCommands;
class GatewayFeed;
class MessageList;
class OverviewPage;
class OverviewPresenter;
class Page;
class ProvidersPage;
class ProvidersPresenter;
class RequestsPage;
class RequestsPresenter;
class StateLabel;

enum class PageId {
    Overview,
    Providers,
    Requests,
    Apps,
    Connect, ///< texts to copy
    Developer, ///< only in a program that was started for developers
};

/// Navigation on the left, messages and the page on the right, every action in the menu bar.
/// Closing is not decided here: it is asked for with closeRequested().
class MainWindow final : public QMainWindow
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MainWindow)

public:
    /// @param prompter  asks instead of dialogs when given (tests); must outlive the window
    MainWindow(
        GatewayFeed &feed,
        MessageList &messages,
        GatewayCommands &commands,
        Prompter *prompter = nullptr,
        QWidget *parent = nullptr);
    ~MainWindow() override;

    /// A page that there is not is not shown.
    void showPage(PageId page);
    [[nodiscard]] PageId currentPage() const;
    /// Shows, un-minimises and raises the window.
    void bringToFront();
    [[nodiscard]] ActionRegistry &actionRegistry() { return m_actions; }
    [[nodiscard]] ProvidersPresenter &providers() const { return *m_providersPresenter; }
    [[nodiscard]] Prompter &prompter() const { return *m_prompter; }
    /// From now on a close really closes: the session or the program ends.
    void allowClose() { m_closeAllowed = true; }

Q_SIGNALS:
    void closeRequested();
    void quitRequested();

protected:
    void closeEvent(QCloseEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void createPages();
    void createLayout();
    void createGatewayActions();
    void createPageActions();
    void createKeyActions();
    void createHelpActions();
    void createMenus();
    void updateActivity();
    void updateState();
    void updateActions();
    void testSelectedProvider();
    void showShortcuts();
    void showAbout();
    [[nodiscard]] QString diagnostics() const;

    GatewayFeed &m_feed;
    MessageList &m_messages;
    GatewayCommands &m_commands;
    DialogPrompter m_dialogs;
    Prompter *m_prompter;
    ActionRegistry m_actions;
    std::unique_ptr<OverviewPresenter> m_overviewPresenter;
    std::unique_ptr<ProvidersPresenter> m_providersPresenter;
    std::unique_ptr<RequestsPresenter> m_requestsPresenter;
    std::unique_ptr<AppsPresenter> m_appsPresenter;
    std::unique_ptr<AppKeysPresenter> m_appKeysPresenter;
    std::unique_ptr<ConnectPresenter> m_connectPresenter;
    std::unique_ptr<DeveloperPresenter> m_developerPresenter; ///< null = there is no such page
    OverviewPage *m_overview = nullptr;
    ProvidersPage *m_providers = nullptr;
    RequestsPage *m_requests = nullptr;
    AppsPage *m_apps = nullptr;
    ConnectPage *m_connect = nullptr;
    std::vector<Page *> m_pages; ///< in the order of PageId
    QListWidget *m_navigation = nullptr;
    QStackedWidget *m_stack = nullptr;
    StateLabel *m_state = nullptr;
    bool m_closeAllowed = false;
};

} // namespace freerelay::ui
