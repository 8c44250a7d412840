#include "desktop_program.h"

#include "app/common/program.h"
#include "core/services/control/control_client.h"
#include "core/services/control/control_server.h"
#include "core/services/control/instance_lock.h"
#include "ui/shell/desktop_application.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QMessageBox>

#include <cstdio>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("DesktopProgram", text);
}

/// Says what is wrong with a rule.
bool readChaos(const QStringList &texts, StartOptions &options)
{
    for (const QString &text : texts) {
        auto rule = upstream::parseChaosRule(text);
        if (!rule) {
            std::fprintf(stderr, "freerelay-desktop: %s\n", qPrintable(rule.error().message));
            return false;
        }
        options.chaos.push_back(*std::move(rule));
    }
    return true;
}

/// @return the exit code when there is nothing to start
std::optional<int> readArguments(const QStringList &arguments, StartOptions &options)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(tr("One local address for every AI tool."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption port(u"port"_s, tr("Listen on this port."), u"number"_s);
    const QCommandLineOption host(u"host"_s, tr("Listen on this address as well."), u"address"_s);
    const QCommandLineOption mode(u"mode"_s, tr("free, paid or auto."), u"mode"_s);
    const QCommandLineOption demo(
        u"demo"_s, tr("Three demo providers, as long as none is configured."));
    const QCommandLineOption hidden(u"hidden"_s, tr("Start in the tray, without the window."));
    const QCommandLineOption developer(
        u"developer"_s, tr("A page in the window that plays faults."));
    const QCommandLineOption chaos(
        u"chaos"_s, tr("Play faults on purpose; see “freerelay start --help”."), u"rule"_s);
    parser.addOptions({port, host, mode, demo, hidden, developer, chaos});
    parser.process(arguments);
    options.demo = parser.isSet(demo);
    options.hidden = parser.isSet(hidden);
    options.developer = parser.isSet(developer);
    if (!readChaos(parser.values(chaos), options)) {
        return exitUsage;
    }
    if (parser.isSet(host)) {
        options.host = parser.value(host);
    }
    if (parser.isSet(mode)) {
        options.mode = parser.value(mode);
    }
    if (parser.isSet(port)) {
        bool isNumber = false;
        options.port = parser.value(port).toUShort(&isNumber);
        if (!isNumber) {
            std::fputs("freerelay-desktop: --port needs a number from 0 to 65535\n", stderr);
            return exitUsage;
        }
    }
    return std::nullopt;
}

int complain(const common::Error &error)
{
    QMessageBox::critical(nullptr, tr("FreeRelay cannot start"), error.message);
    return exitFailure;
}

/// Workers are never to wait for the window: its thread steps back behind them. After they have
/// started, since children inherit it (measured: the tail latency stays at the idle level).
void yieldToWorkers()
{
    constexpr int nice = 10;
    const auto thread = static_cast<id_t>(::syscall(SYS_gettid));
    ::setpriority(PRIO_PROCESS, thread, nice);
}

int showRunning(const QString &socket, const common::Error &running)
{
    services::ControlClient client(socket);
    if (client.call(u"show"_s)) {
        return exitOk;
    }
    QMessageBox::information(nullptr, tr("FreeRelay"), running.message);
    return exitAlreadyRunning;
}

} // namespace

int runDesktop(const QStringList &arguments)
{
    StartOptions options;
    if (const auto code = readArguments(arguments, options)) {
        return *code;
    }
    ProgramLog log;
    if (const auto prepared = prepareProcess(); !prepared) {
        return complain(prepared.error());
    }
    const settings::Paths paths = settings::Paths::resolve(common::Environment::ofProcess());
    if (const auto folders = paths.createFolders(); !folders) {
        return complain(folders.error());
    }
    services::InstanceLock lock(paths.lockFile);
    if (const auto locked = lock.acquire(); !locked) {
        return locked.error().kind == common::ErrorKind::AlreadyExists
            ? showRunning(paths.controlSocket, locked.error())
            : complain(locked.error());
    }
    auto created = services::GatewayService::create(serviceOptions(options, paths, log));
    if (!created) {
        return complain(created.error());
    }
    services::GatewayService &service = **created;
    const auto logFollowsSettings = log.follow(service, paths);
    const auto listening = service.listen();
    yieldToWorkers();

    ui::DesktopApplication desktop(
        service,
        {.startHidden = options.hidden || service.settings().startHidden,
         .closeToTray = [&service] { return service.settings().closeToTray; },
         .logFolder = paths.logFolder});
    services::ControlServer control(service, [&desktop] { desktop.activate(); });
    if (const auto opened = control.listen(paths.controlSocket); !opened) {
        return complain(opened.error());
    }
    desktop.start();
    if (!listening) {
        // The overview says why, and offers the next free port when somebody else has ours.
        desktop.activate();
    }
    return QApplication::exec();
}

} // namespace freerelay::app
