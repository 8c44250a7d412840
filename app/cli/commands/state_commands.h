#pragma once

#include "app/cli/context.h"

namespace freerelay::app {

/// `status`, `mode`, `pause`, `resume`, `stop`, `show`: short talks with the running program.
int statusCommand(CommandContext &context, bool json);
/// @param mode  "" asks for the present one
int modeCommand(CommandContext &context, const QString &mode);
/// @param done  what to say when it worked
int orderCommand(CommandContext &context, const QString &operation, const QString &done);
int modelsCommand(CommandContext &context, bool all, bool json);

} // namespace freerelay::app
