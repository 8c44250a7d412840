#pragma once

#include "app/cli/context.h"

namespace freerelay::app {

/// `setup`: leads through the first providers, keyless ones first. Works on the running program;
/// can be left at any question (q or Ctrl+D) and started again.
int setupCommand(CommandContext &context);

} // namespace freerelay::app
