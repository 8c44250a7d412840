#pragma once

#include "app/cli/context.h"

#include <string>
#include <vector>

namespace freerelay::app {

/// What `connect` was asked for.
struct ConnectOptions
{
    std::vector<std::string> tools; ///< ids; none with `all` or `list`
    bool list = false;
    bool all = false; ///< every tool that is on this machine
    bool dryRun = false;
    bool undo = false;
    bool json = false; ///< the list
};

/// `connect`: points tools at the gateway by editing their settings, and undoes it.
int connectCommand(CommandContext &context, const ConnectOptions &options);

} // namespace freerelay::app
