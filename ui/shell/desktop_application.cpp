#include "desktop_application.h"

#include "ui/pages/providers/providers_presenter.h"
#include "ui/theme/icons.h"

#include <QApplication>
#include <QLocale>
#include <QTranslator>

#include <utility>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

void DesktopApplication::prepare()
{
    QApplication::setApplicationName(u"freerelay"_s);
    QApplication::setApplicationDisplayName(tr("FreeRelay"));
    QApplication::setApplicationVersion(QString::fromLatin1(FREERELAY_VERSION));
    QGuiApplication::setDesktopFileName(u"io.freerelay.FreeRelay"_s);
    QApplication::setWindowIcon(applicationIcon());
    QApplication::setQuitOnLastWindowClosed(false);
    const auto install = [](const QLocale &locale) {
        auto *translator = new QTranslator(qApp);
        if (translator->load(locale, u"freerelay"_s, u"_"_s, u":/freerelay/translations"_s)) {
            QCoreApplication::installTranslator(translator);
        } else {
            delete translator;
        }
    };
    // English brings the plural forms for whatever another language leaves out.
    install(QLocale(QLocale::English));
    if (QLocale().language() != QLocale::English) {
        install(QLocale());
    }
}

DesktopApplication::DesktopApplication(
    interfaces::GatewayControl &gateway, Options options, QObject *parent)
    : QObject(parent)
    , m_gateway(gateway)
    , m_options(std::move(options))
    , m_theme(this)
    , m_feed(gateway, this)
    , m_messages(this)
    , m_commands(m_feed, m_messages, m_options.logFolder, this)
    , m_trayPresenter(m_feed, m_commands, this)
    , m_window(std::make_unique<MainWindow>(m_feed, m_messages, m_commands, m_options.prompter))
    , m_trayTimer(this)
    , m_patience(this)
{
    m_trayTimer.setInterval(m_options.trayRetry);
    connect(&m_trayTimer, &QTimer::timeout, this, &DesktopApplication::lookForTray);
    m_patience.setSingleShot(true);
    m_patience.setInterval(m_options.trayPatience);
    connect(&m_patience, &QTimer::timeout, this, &DesktopApplication::refuseHiddenStart);
    connect(
        m_window.get(), &MainWindow::closeRequested, this, &DesktopApplication::onCloseRequested);
    connect(m_window.get(), &MainWindow::quitRequested, this, &DesktopApplication::quit);
    connect(&m_trayPresenter, &TrayPresenter::openRequested, this, [this] { activate(); });
    connect(&m_trayPresenter, &TrayPresenter::connectRequested, this, [this] {
        m_window->showPage(PageId::Apps);
        activate();
    });
    connect(&m_trayPresenter, &TrayPresenter::quitRequested, this, &DesktopApplication::quit);
    // The end of the session must not be held up by a window that only wants to hide.
    connect(
        qApp,
        &QGuiApplication::commitDataRequest,
        m_window.get(),
        [this] { m_window->allowClose(); },
        Qt::DirectConnection);
}

DesktopApplication::~DesktopApplication() = default;

void DesktopApplication::start()
{
    m_theme.follow();
    lookForTray();
    if (!m_options.startHidden) {
        m_window->show();
    } else if (!m_hasTray) {
        m_patience.start();
    }
}

void DesktopApplication::activate(const QByteArray &activationToken)
{
    if (!activationToken.isEmpty()) {
        // Read and cleared by Qt's Wayland plugin when the window asks to be activated.
        qputenv("XDG_ACTIVATION_TOKEN", activationToken);
    }
    m_patience.stop();
    m_window->bringToFront();
}

bool DesktopApplication::trayAvailable() const
{
    return m_options.trayAvailable ? m_options.trayAvailable()
                                   : QSystemTrayIcon::isSystemTrayAvailable();
}

void DesktopApplication::lookForTray()
{
    if (trayAvailable()) {
        m_trayTimer.stop();
        onTrayFound();
    } else if (!m_trayTimer.isActive()) {
        m_trayTimer.start();
    }
}

void DesktopApplication::onTrayFound()
{
    m_hasTray = true;
    m_patience.stop();
    m_trayIcon = std::make_unique<TrayIcon>(m_trayPresenter);
    connect(m_trayIcon.get(), &TrayIcon::toggleRequested, this, &DesktopApplication::toggleWindow);
    m_trayIcon->show();
}

void DesktopApplication::refuseHiddenStart()
{
    m_window->show();
    m_messages.add(
        {MessageKind::Info,
         tr("This desktop shows no tray, so the window could not be kept hidden.")});
}

void DesktopApplication::toggleWindow()
{
    if (m_window->isVisible() && !m_window->isMinimized()) {
        m_window->hide();
    } else {
        activate();
    }
}

void DesktopApplication::onCloseRequested()
{
    if (m_options.closeToTray && !m_options.closeToTray()) {
        quit();
        return;
    }
    // Asked anew: the panel that held the tray may be gone.
    if (m_hasTray && trayAvailable()) {
        m_window->hide();
    } else {
        askBeforeClosing();
    }
}

void DesktopApplication::askBeforeClosing()
{
    if (m_asking) {
        return;
    }
    m_asking = true;
    enum Answer { KeepRunning, Quit, Cancel };
    const Question question{
        u"closeWithoutTray"_s,
        tr("Quit FreeRelay?"),
        tr("Your tools get no answers once FreeRelay has quit."),
        tr("This desktop shows no tray, so the window would be the only way back. Keep running "
           "minimises it."),
        {tr("&Keep Running"), tr("&Quit"), tr("Cancel")},
        Cancel};
    m_window->prompter().ask(question, [this](int answer) {
        m_asking = false;
        if (answer == Quit) {
            quit();
        } else if (answer == KeepRunning) {
            m_window->showMinimized();
        }
    });
}

void DesktopApplication::quit()
{
    m_window->providers().finishRemovals();
    m_window->allowClose();
    m_gateway.quit();
}

} // namespace freerelay::ui
