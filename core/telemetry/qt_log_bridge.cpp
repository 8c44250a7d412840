#include "qt_log_bridge.h"

#include "core/telemetry/log_output.h"

#include <QMessageLogContext>

#include <atomic>
#include <chrono>

namespace freerelay::telemetry {

namespace {

using namespace std::chrono_literals;

/// Qt's handler is a plain function: it finds the output here.
std::atomic<LogOutput *> current{nullptr};

LogLevel levelOf(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return LogLevel::Debug;
    case QtInfoMsg:
        return LogLevel::Info;
    case QtWarningMsg:
        return LogLevel::Warning;
    case QtCriticalMsg:
        return LogLevel::Error;
    case QtFatalMsg:
        return LogLevel::Fatal;
    }
    return LogLevel::Info;
}

void onMessage(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    LogOutput *output = current.load();
    if (output == nullptr) {
        return;
    }
    LogRecord record;
    record.time = std::chrono::system_clock::now();
    record.level = levelOf(type);
    record.category = context.category;
    record.message = message;
    output->write(std::move(record));
    if (type == QtFatalMsg) {
        output->flush(2s); // the process ends when this returns
    }
}

} // namespace

QtLogBridge::QtLogBridge(LogOutput &output)
{
    current = &output;
    qInstallMessageHandler(onMessage);
}

QtLogBridge::~QtLogBridge()
{
    current = nullptr;
}

} // namespace freerelay::telemetry
