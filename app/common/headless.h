#pragma once

#include "app/common/start_options.h"
#include "core/settings/paths.h"

namespace freerelay::app {

/// Runs the gateway without a window in this process until it is told to stop (signal, control
/// channel). A QCoreApplication exists. Says on stderr where it listens and what is wrong.
/// @return an ExitCode
int runHeadless(const StartOptions &options, const settings::Paths &paths);

} // namespace freerelay::app
