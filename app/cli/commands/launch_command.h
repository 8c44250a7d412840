#pragma once

#include "app/cli/context.h"
#include "core/connect/connector.h"

#include <string>
#include <vector>

namespace freerelay::app {

/// `launch`: becomes a tool, with an environment that points it at the gateway; no file is
/// touched. Its arguments are passed on, its exit code is this program's.
/// @param command  the program and its arguments
/// @return only when it could not be started
int launchCommand(CommandContext &context, const std::vector<std::string> &command);

/// Where the running gateway is; nullopt (and a message) when none runs.
[[nodiscard]] std::optional<connect::Endpoint>
runningEndpoint(CommandContext &context, int &exitCode);

} // namespace freerelay::app
