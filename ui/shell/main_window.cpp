#include "main_window.h"

#include "ui/dialogs/shortcuts_dialog.h"
#include "ui/models/gateway_feed.h"
#include "ui/pages/apps/app_keys_presenter.h"
#include "ui/pages/apps/apps_page.h"
#include "ui/pages/apps/apps_presenter.h"
#include "ui/pages/connect/connect_page.h"
#include "ui/pages/connect/connect_presenter.h"
#include "ui/pages/developer/developer_page.h"
#include "ui/pages/developer/developer_presenter.h"
#include "ui/pages/overview/overview_page.h"
#include "ui/pages/overview/overview_presenter.h"
#include "ui/pages/providers/providers_page.h"
#include "ui/pages/providers/providers_presenter.h"
#include "ui/pages/requests/requests_page.h"
#include "ui/pages/requests/requests_presenter.h"
#include "ui/shell/gateway_commands.h"
#include "ui/shell/message_bar.h"
#include "ui/shell/message_list.h"
#include "ui/shell/tray_presenter.h"
#include "ui/theme/icons.h"
#include "ui/widgets/state_label.h"
#include "ui/widgets/typography.h"

#include <QActionGroup>
#include <QClipboard>
#include <QCloseEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QListWidget>
#include <QMenuBar>
#include <QScreen>
#include <QStackedWidget>
#include <QStatusBar>
#include <QSysInfo>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using common::Mode;

namespace {

constexpr QSize preferredSize(1000, 640);
constexpr int navigationChars = 24;

} // namespace

MainWindow::MainWindow(
    GatewayFeed &feed,
    MessageList &messages,
    GatewayCommands &commands,
    Prompter *prompter,
    QWidget *parent)
    : QMainWindow(parent)
    , m_feed(feed)
    , m_messages(messages)
    , m_commands(commands)
    , m_dialogs(this)
    , m_prompter(prompter != nullptr ? prompter : &m_dialogs)
    , m_actions(this)
    , m_overviewPresenter(std::make_unique<OverviewPresenter>(feed, commands))
    , m_providersPresenter(std::make_unique<ProvidersPresenter>(feed, messages, *m_prompter))
    , m_requestsPresenter(std::make_unique<RequestsPresenter>(feed))
    , m_appsPresenter(std::make_unique<AppsPresenter>(feed, messages))
    , m_appKeysPresenter(std::make_unique<AppKeysPresenter>(feed, messages, *m_prompter))
    , m_connectPresenter(std::make_unique<ConnectPresenter>(feed))
    , m_developerPresenter(
          feed.gateway().chaos().available ? std::make_unique<DeveloperPresenter>(feed, messages)
                                           : nullptr)
{
    setObjectName(u"mainWindow"_s);
    setWindowTitle(tr("FreeRelay"));
    setWindowIcon(applicationIcon());
    createPages();
    createLayout();
    createGatewayActions();
    createPageActions();
    createKeyActions();
    createHelpActions();
    createMenus();
    connect(&m_feed, &GatewayFeed::changed, this, &MainWindow::updateState);
    showPage(PageId::Overview);
    updateState();
    const QSize available = QGuiApplication::primaryScreen()->availableSize();
    resize(preferredSize.boundedTo(available));
}

// The pages refer to their presenters, so they go first.
MainWindow::~MainWindow()
{
    delete takeCentralWidget();
}

void MainWindow::createPages()
{
    m_overview = new OverviewPage(*m_overviewPresenter, this);
    m_providers = new ProvidersPage(*m_providersPresenter, this);
    m_requests = new RequestsPage(*m_requestsPresenter, this);
    m_apps = new AppsPage(*m_appsPresenter, *m_appKeysPresenter, this);
    m_connect = new ConnectPage(*m_connectPresenter, this);
    m_overview->setObjectName(u"overviewPage"_s);
    m_providers->setObjectName(u"providersPage"_s);
    m_requests->setObjectName(u"requestsPage"_s);
    m_apps->setObjectName(u"appsPage"_s);
    m_connect->setObjectName(u"connectPage"_s);
    m_pages = {m_overview, m_providers, m_requests, m_apps, m_connect};
    if (m_developerPresenter) {
        m_pages.push_back(new DeveloperPage(*m_developerPresenter, this));
        m_pages.back()->setObjectName(u"developerPage"_s);
    }
    const auto leadTo = [this](PageId page) { return [this, page] { showPage(page); }; };
    connect(
        m_overviewPresenter.get(),
        &OverviewPresenter::providersRequested,
        this,
        leadTo(PageId::Providers));
    connect(
        m_overviewPresenter.get(),
        &OverviewPresenter::connectRequested,
        this,
        leadTo(PageId::Apps));
    connect(m_requests, &RequestsPage::connectRequested, this, leadTo(PageId::Apps));
    connect(m_requests, &RequestsPage::selectionChanged, this, &MainWindow::updateActions);
    connect(
        m_requests,
        &RequestsPage::logFolderRequested,
        &m_commands,
        &GatewayCommands::openLogFolder);
    connect(m_connect, &ConnectPage::overviewRequested, this, leadTo(PageId::Overview));
}

void MainWindow::createLayout()
{
    auto *central = new QWidget(this);
    auto *row = new QHBoxLayout(central);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_navigation = new QListWidget(central);
    m_navigation->setObjectName(u"navigation"_s);
    m_navigation->setAccessibleName(tr("Pages"));
    m_navigation->setFixedWidth(widthOfChars(this, navigationChars));
    m_navigation->setFrameShape(QFrame::NoFrame);
    m_navigation->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    constexpr int iconSide = 20;
    m_navigation->setIconSize(QSize(iconSide, iconSide));
    m_navigation->viewport()->setAutoFillBackground(false);
    const auto addEntry = [this](const QString &icon, const QString &text) {
        auto *item = new QListWidgetItem(lineIcon(icon), text, m_navigation);
        constexpr int entryHeight = 38;
        item->setSizeHint(QSize(0, entryHeight));
    };
    addEntry(u"overview"_s, tr("Overview"));
    addEntry(u"providers"_s, tr("Providers"));
    addEntry(u"requests"_s, tr("Requests"));
    addEntry(u"apps"_s, tr("Apps"));
    addEntry(u"connect"_s, tr("Snippets"));
    if (m_developerPresenter) {
        addEntry(u"developer"_s, tr("Developer"));
    }
    constexpr int gap = 8;
    auto *left = new QVBoxLayout;
    left->setContentsMargins(gap, gap, 0, gap);
    left->addWidget(m_navigation);
    row->addLayout(left);
    auto *right = new QVBoxLayout;
    right->setSpacing(0);
    right->addWidget(new MessageBar(m_messages, central));
    m_stack = new QStackedWidget(central);
    for (Page *page : m_pages) {
        m_stack->addWidget(page);
    }
    right->addWidget(m_stack, 1);
    row->addLayout(right, 1);
    setCentralWidget(central);
    m_state = new StateLabel(this);
    m_state->setObjectName(u"statusBarState"_s);
    m_state->setSingleLine();
    m_state->setContentsMargins(gap, gap / 4, gap, gap / 2);
    statusBar()->addWidget(m_state, 1);
    statusBar()->setSizeGripEnabled(false);
    connect(m_navigation, &QListWidget::currentRowChanged, this, [this](int index) {
        if (index >= 0) {
            m_stack->setCurrentIndex(index);
            updateActivity();
            updateActions();
        }
    });
}

void MainWindow::createGatewayActions()
{
    m_actions.add(
        {u"gateway.pause"_s, tr("&Pause Relaying"), Qt::CTRL | Qt::Key_P, u"pause"_s},
        [this] { m_commands.togglePause(); });
    m_actions.add(
        {u"gateway.copyEndpoint"_s,
         tr("&Copy Endpoint"),
         Qt::CTRL | Qt::SHIFT | Qt::Key_C,
         u"copy"_s},
        [this] { m_commands.copyEndpoint(); });
    auto *modes = new QActionGroup(this);
    const auto addMode = [&](Mode mode, const QString &id, const QString &text, Qt::Key key) {
        QAction *action = m_actions.add(
            {id, text, Qt::CTRL | Qt::SHIFT | key, {}, /*checkable=*/true},
            [this, mode] { m_commands.setMode(mode); });
        modes->addAction(action);
    };
    addMode(Mode::Free, u"mode.free"_s, tr("&Free"), Qt::Key_F);
    addMode(Mode::Paid, u"mode.paid"_s, tr("&Paid"), Qt::Key_P);
    addMode(Mode::Auto, u"mode.auto"_s, tr("&Auto"), Qt::Key_A);
    m_actions.add(
        {u"window.close"_s, tr("C&lose Window"), QKeySequence::Close}, [this] { close(); });
    m_actions.add({u"app.quit"_s, tr("&Quit FreeRelay"), Qt::CTRL | Qt::Key_Q}, [this] {
        Q_EMIT quitRequested();
    });
}

void MainWindow::createPageActions()
{
    const auto addPage =
        [this](PageId page, const QString &id, const QString &text, const QString &icon) {
            const auto key = static_cast<Qt::Key>(Qt::Key_1 + static_cast<int>(page));
            m_actions.add({id, text, Qt::CTRL | key, icon}, [this, page] { showPage(page); });
        };
    addPage(PageId::Overview, u"page.overview"_s, tr("&Overview"), u"overview"_s);
    addPage(PageId::Providers, u"page.providers"_s, tr("&Providers"), u"providers"_s);
    addPage(PageId::Requests, u"page.requests"_s, tr("&Requests"), u"requests"_s);
    addPage(PageId::Apps, u"page.apps"_s, tr("&Apps"), u"apps"_s);
    addPage(PageId::Connect, u"page.connect"_s, tr("&Snippets"), u"connect"_s);
    if (m_developerPresenter) {
        addPage(PageId::Developer, u"page.developer"_s, tr("&Developer"), u"developer"_s);
    }
    m_actions.add({u"view.filter"_s, tr("&Filter"), QKeySequence::Find}, [this] {
        if (QWidget *field = m_pages.at(static_cast<std::size_t>(currentPage()))->filterField()) {
            field->setFocus(Qt::ShortcutFocusReason);
        }
    });
    m_actions.add({u"view.copyRow"_s, tr("Copy Re&quest"), QKeySequence::Copy, u"copy"_s}, [this] {
        m_requests->copySelected();
    });
    m_actions.add(
        {u"view.logFolder"_s, tr("Open &Log Folder"), Qt::CTRL | Qt::Key_L, u"external"_s},
        [this] { m_commands.openLogFolder(); });
}

void MainWindow::createKeyActions()
{
    m_actions.add({u"keys.add"_s, tr("&Add a Key"), QKeySequence::New, u"add"_s}, [this] {
        showPage(PageId::Providers);
        m_providers->focusKeyField();
    });
    m_actions.add({u"keys.test"_s, tr("&Test the Provider"), Qt::Key_F5, u"test"_s}, [this] {
        testSelectedProvider();
    });
    m_actions.add(
        {u"keys.remove"_s, tr("&Remove the Key"), Qt::CTRL | Qt::Key_Delete, u"remove"_s}, [this] {
            if (!m_providersPresenter->removeOnlyKey()) {
                m_messages.add(
                    {MessageKind::Info,
                     tr("Choose the key to remove with the button beside it."),
                     {},
                     {},
                     {},
                     MessageList::successLifetime});
            }
        });
    m_actions.add(
        {u"keys.retryKeychain"_s, tr("Try the &Keychain Again"), Qt::CTRL | Qt::Key_K},
        [this] { m_commands.retryKeychain(); });
}

void MainWindow::createHelpActions()
{
    m_actions.add(
        {u"help.shortcuts"_s, tr("&Keyboard Shortcuts"), QKeySequence(Qt::Key_F1)},
        [this] { showShortcuts(); });
    m_actions.add(
        {u"help.about"_s, tr("&About FreeRelay"), Qt::SHIFT | Qt::Key_F1}, [this] { showAbout(); });
}

void MainWindow::createMenus()
{
    const auto fill = [this](QMenu *menu, const QStringList &ids) {
        for (const QString &id : ids) {
            if (id.isEmpty()) {
                menu->addSeparator();
            } else {
                menu->addAction(m_actions.find(id));
            }
        }
        menu->setToolTipsVisible(true);
    };
    QMenu *gateway = menuBar()->addMenu(tr("&Gateway"));
    QMenu *mode = gateway->addMenu(tr("&Mode"));
    fill(mode, {u"mode.free"_s, u"mode.paid"_s, u"mode.auto"_s});
    fill(
        gateway,
        {u"gateway.pause"_s, u"gateway.copyEndpoint"_s, {}, u"window.close"_s, u"app.quit"_s});
    fill(
        menuBar()->addMenu(tr("Ke&ys")),
        {u"keys.add"_s, u"keys.test"_s, u"keys.remove"_s, {}, u"keys.retryKeychain"_s});
    QStringList view{
        u"page.overview"_s,
        u"page.providers"_s,
        u"page.requests"_s,
        u"page.apps"_s,
        u"page.connect"_s};
    if (m_developerPresenter) {
        view.append(u"page.developer"_s);
    }
    view.append({QString(), u"view.filter"_s, u"view.copyRow"_s, QString(), u"view.logFolder"_s});
    fill(menuBar()->addMenu(tr("&View")), view);
    fill(menuBar()->addMenu(tr("&Help")), {u"help.shortcuts"_s, u"help.about"_s});
}

void MainWindow::showPage(PageId page)
{
    m_navigation->setCurrentRow(static_cast<int>(page));
}

PageId MainWindow::currentPage() const
{
    return static_cast<PageId>(m_stack->currentIndex());
}

void MainWindow::bringToFront()
{
    setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (m_closeAllowed) {
        event->accept();
        return;
    }
    event->ignore();
    Q_EMIT closeRequested();
}

void MainWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    updateActivity();
    updateState();
}

void MainWindow::hideEvent(QHideEvent *event)
{
    QMainWindow::hideEvent(event);
    updateActivity();
}

void MainWindow::changeEvent(QEvent *event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange) {
        updateActivity();
    }
}

void MainWindow::updateActivity()
{
    const bool seen = isVisible() && !isMinimized();
    for (Page *page : m_pages) {
        page->setActive(seen && page == m_stack->currentWidget());
    }
}

void MainWindow::updateState()
{
    if (!isVisible()) {
        return;
    }
    const interfaces::GatewayStatus &status = m_feed.status();
    const OverviewPresenter::Headline headline = m_overviewPresenter->headline();
    m_state->setState(headline.iconName, headline.tone, TrayPresenter::describe(status));
    QAction *pause = m_actions.find(u"gateway.pause"_s);
    pause->setText(status.paused ? tr("&Resume Relaying") : tr("&Pause Relaying"));
    pause->setIcon(lineIcon(status.paused ? u"resume"_s : u"pause"_s));
    m_actions.find(u"mode.%1"_s.arg(common::toString(status.mode)))->setChecked(true);
    m_actions.setDisabledReason(
        u"gateway.copyEndpoint"_s,
        status.endpoint.isEmpty() ? tr("FreeRelay is not listening on any address") : QString());
    updateActions();
}

void MainWindow::updateActions()
{
    const Page *page = m_pages.at(static_cast<std::size_t>(currentPage()));
    m_actions.setDisabledReason(
        u"view.filter"_s,
        page->filterField() == nullptr ? tr("This page has nothing to filter") : QString());
    const bool canCopy = currentPage() == PageId::Requests && m_requests->hasSelection();
    m_actions.setDisabledReason(
        u"view.copyRow"_s, canCopy ? QString() : tr("Select a request on the Requests page first"));
}

void MainWindow::testSelectedProvider()
{
    showPage(PageId::Providers);
    if (!m_providersPresenter->testCurrent()) {
        m_providers->focusKeyField();
    }
}

void MainWindow::showShortcuts()
{
    auto *dialog = new ShortcutsDialog(m_actions, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::showAbout()
{
    enum Answer { Close, CopyDetails };
    const Question question{
        u"about"_s,
        tr("About FreeRelay"),
        tr("FreeRelay %1").arg(m_feed.status().version),
        tr("One local address for every AI tool. The sources are under the MIT licence; this "
           "program as a whole is distributed under the GNU GPL, version 3."),
        {tr("Close"), tr("&Copy Details")},
        Close};
    m_prompter->ask(question, [this](int answer) {
        if (answer == CopyDetails) {
            QGuiApplication::clipboard()->setText(diagnostics());
        }
    });
}

QString MainWindow::diagnostics() const
{
    return QStringList{
        u"FreeRelay %1"_s.arg(m_feed.status().version),
        u"Qt %1"_s.arg(QString::fromLatin1(qVersion())),
        QSysInfo::prettyProductName(),
        QSysInfo::currentCpuArchitecture(),
        QGuiApplication::platformName()}
        .join(u'\n');
}

} // namespace freerelay::ui
