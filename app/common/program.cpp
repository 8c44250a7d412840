#include "program.h"

#include "core/common/secret.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLoggingCategory>
#include <QSocketNotifier>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

std::atomic<bool> jsonLog{false};
std::array<int, 2> signalPipe{-1, -1};

/// Not quit(): that closes the windows first, and ours would hide and stay.
void endProgram()
{
    QCoreApplication::exit();
}

const char *levelName(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return "debug";
    case QtInfoMsg:
        return "info";
    case QtWarningMsg:
        return "warning";
    case QtCriticalMsg:
        return "error";
    case QtFatalMsg:
        return "fatal";
    }
    return "info";
}

void writeLog(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    const QString time = QDateTime::currentDateTime().toString(Qt::ISODateWithMs);
    const QString category = QString::fromUtf8(context.category);
    QByteArray line;
    if (jsonLog.load(std::memory_order_relaxed)) {
        line = QJsonDocument(QJsonObject{
                                 {u"time"_s, time},
                                 {u"level"_s, QString::fromLatin1(levelName(type))},
                                 {u"category"_s, category},
                                 {u"message"_s, message}})
                   .toJson(QJsonDocument::Compact);
    } else {
        line = u"%1 %2 %3: %4"_s.arg(time, QString::fromLatin1(levelName(type)), category, message)
                   .toUtf8();
    }
    line += '\n';
    std::fwrite(line.constData(), 1, static_cast<std::size_t>(line.size()), stderr);
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

services::ServiceOptions serviceOptions(const StartOptions &options, const settings::Paths &paths)
{
    services::ServiceOptions result;
    result.paths = paths;
    result.dotEnvFile = QDir::current().absoluteFilePath(u".env"_s);
    result.threeDemos = options.demo;
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
    qInstallMessageHandler(writeLog);
    watchSignals();
    if (!common::initialiseCrypto()) {
        return common::failure(common::ErrorKind::Internal, u"libsodium cannot be initialised."_s);
    }
    return {};
}

namespace {

void applyLogSettings(const settings::Settings &settings)
{
    jsonLog = settings.logFormat == "json"_L1;
    const bool debug = settings.logLevel == "debug"_L1;
    const bool info = debug || settings.logLevel == "info"_L1;
    const bool warning = info || settings.logLevel == "warning"_L1;
    QLoggingCategory::setFilterRules(
        u"freerelay.*.debug=%1\nfreerelay.*.info=%2\n*.warning=%3"_s.arg(
            debug ? u"true"_s : u"false"_s,
            info ? u"true"_s : u"false"_s,
            warning ? u"true"_s : u"false"_s));
}

} // namespace

std::unique_ptr<interfaces::Subscription> followLogSettings(services::GatewayService &service)
{
    applyLogSettings(service.settings());
    return service.subscribe([&service] { applyLogSettings(service.settings()); });
}

} // namespace freerelay::app
