#pragma once

#include <QStringList>

namespace freerelay::app {

/// Runs the tray application with the gateway inside until it is told to quit. A QApplication
/// exists. When another FreeRelay runs already, its window is shown instead.
/// @param arguments  of the process: --port, --host, --mode, --demo, --hidden, --help, --version
/// @return an ExitCode
int runDesktop(const QStringList &arguments);

} // namespace freerelay::app
