#pragma once

#include "app/cli/console.h"
#include "app/common/start_options.h"
#include "core/services/control/control_client.h"
#include "core/settings/paths.h"

#include <QJsonObject>

#include <functional>
#include <optional>

namespace freerelay::app {

/// What every command works with.
struct CommandContext
{
    Console console;
    settings::Paths paths;
    services::ControlClient control;
    /// Runs the gateway in this process until it is told to stop; returns an exit code.
    std::function<int(const StartOptions &)> runHeadless;

    /// Calls the running program; prints what went wrong.
    /// @return nullopt after a failure; `exitCode` tells which
    [[nodiscard]] std::optional<QJsonObject>
    call(const QString &operation, const QJsonObject &args, int &exitCode);
};

} // namespace freerelay::app
