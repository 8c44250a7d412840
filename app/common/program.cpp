#include "program.h"

#include "core/common/secret.h"

#include <QCoreApplication>
#include <QDir>
#include <QLoggingCategory>
#include <QSocketNotifier>

#include <array>
#include <csignal>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

using telemetry::LogLevel;

std::array<int, 2> signalPipe{-1, -1};

/// Not quit(): that closes the windows first, and ours would hide and stay.
void endProgram()
{
    QCoreApplication::exit();
}

extern "C" void onSignal(int)
{
    const char byte = 1;
    [[maybe_unused]] const auto written = ::write(signalPipe[1], &byte, 1);
}

/// Turns signals into an end of the event loop.
void watchSignals()
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, signalPipe.data()) != 0) {
        return;
    }
    auto *notifier = new QSocketNotifier(
        signalPipe[0], QSocketNotifier::Read, QCoreApplication::instance());
    QObject::connect(
        notifier, &QSocketNotifier::activated, QCoreApplication::instance(), &endProgram);
    struct sigaction action
    {
    };
    action.sa_handler = onSignal;
    action.sa_flags = SA_RESTART;
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
}

} // namespace

services::ServiceOptions
serviceOptions(const StartOptions &options, const settings::Paths &paths, ProgramLog &log)
{
    services::ServiceOptions result;
    result.log = {&log.output, &log.redactor};
    result.paths = paths;
    result.dotEnvFile = QDir::current().absoluteFilePath(u".env"_s);
    result.threeDemos = options.demo;
    if (options.developer || !options.chaos.empty()) {
        result.chaos = upstream::ChaosRules{!options.chaos.empty(), options.chaos};
    }
    result.quit = endProgram;
    if (options.port) {
        result.commandLine.push_back({u"port"_s, QString::number(*options.port), u"--port"_s});
    }
    if (options.host) {
        result.commandLine.push_back({u"host"_s, *options.host, u"--host"_s});
    }
    if (options.mode) {
        result.commandLine.push_back({u"mode"_s, *options.mode, u"--mode"_s});
    }
    return result;
}

void tuneProcess()
{
    // The worker threads use Qt's own event loop instead of GLib's: 8 % less CPU a request. The
    // main thread keeps GLib's, which the keychain needs.
    qputenv("QT_NO_THREADED_GLIB", "1");
#ifdef __GLIBC__
    // Without fast bins (the per-thread cache serves small blocks) a block of a few KiB, as every
    // request needs, does not tidy up the heap each time.
    mallopt(M_MXFAST, 0);
#endif
}

common::Result<void> prepareProcess()
{
    std::signal(SIGPIPE, SIG_IGN);
    watchSignals();
    if (!common::initialiseCrypto()) {
        return common::failure(common::ErrorKind::Internal, u"libsodium cannot be initialised."_s);
    }
    return {};
}

void ProgramLog::apply(const settings::Settings &settings, const settings::Paths &paths)
{
    telemetry::LogOptions options;
    options.json = settings.logFormat == "json"_L1;
    options.file = paths.logFolder % "/freerelay.log"_L1;
    for (const auto level : {LogLevel::Debug, LogLevel::Info, LogLevel::Warning, LogLevel::Error}) {
        if (settings.logLevel == telemetry::toString(level)) {
            options.level = level;
        }
    }
    if (options == m_applied) {
        return;
    }
    const auto enabled = [&options](LogLevel level) {
        return options.level <= level ? u"true"_s : u"false"_s;
    };
    // The last one: Qt's server asks for TLS that nobody uses, and finds no plugin without a
    // window.
    QLoggingCategory::setFilterRules(
        u"freerelay.*.debug=%1\nfreerelay.*.info=%2\n*.warning=%3\nqt.network.ssl.warning=false"_s
            .arg(enabled(LogLevel::Debug), enabled(LogLevel::Info), enabled(LogLevel::Warning)));
    output.configure(options);
    m_applied = options;
}

std::unique_ptr<interfaces::Subscription>
ProgramLog::follow(services::GatewayService &service, const settings::Paths &paths)
{
    apply(service.settings(), paths);
    return service.subscribe([this, &service, paths] { apply(service.settings(), paths); });
}

} // namespace freerelay::app
