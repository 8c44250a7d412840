#pragma once

#include "app/cli/context.h"

namespace freerelay::app {

/// `start`: hands over to freerelay-desktop beside this program when there is a display, else runs
/// the gateway here. When one runs already, offers to show or stop it.
int startCommand(CommandContext &context, const StartOptions &options);

} // namespace freerelay::app
