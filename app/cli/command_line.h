#pragma once

#include "app/cli/context.h"

namespace freerelay::app {

/// Reads the arguments and runs one command.
/// @return an ExitCode
int runCommandLine(int argc, char **argv, CommandContext &context);

} // namespace freerelay::app
