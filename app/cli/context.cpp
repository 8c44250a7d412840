#include "context.h"

namespace freerelay::app {

std::optional<QJsonObject>
CommandContext::call(const QString &operation, const QJsonObject &args, int &exitCode)
{
    if (const auto connected = control.connect(); !connected) {
        console.error(connected.error());
        exitCode = exitNotRunning;
        return std::nullopt;
    }
    auto reply = control.call(operation, args);
    if (reply) {
        exitCode = exitOk;
        return *reply;
    }
    console.error(reply.error());
    switch (reply.error().kind) {
    case common::ErrorKind::InvalidArgument:
        exitCode = exitUsage;
        break;
    case common::ErrorKind::PermissionDenied:
        exitCode = exitRefused;
        break;
    default:
        exitCode = exitFailure;
        break;
    }
    return std::nullopt;
}

} // namespace freerelay::app
