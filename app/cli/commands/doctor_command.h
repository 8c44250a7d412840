#pragma once

#include "app/cli/context.h"

namespace freerelay::app {

/// Looks at everything that FreeRelay needs, whether it runs or not; one line each.
/// @return exitOk when nothing fails; warnings are no failures
int doctorCommand(CommandContext &context, bool json);
/// Brings what can still be read of damaged records files into the present one.
/// @return exitOk when something was got out of each of them, or there is none
int recoverCommand(CommandContext &context, bool json);

} // namespace freerelay::app
