#include "app/cli/command_line.h"
#include "app/common/headless.h"
#include "app/common/program.h"

#include <QCoreApplication>

#include <csignal>

int main(int argc, char **argv)
{
    using namespace freerelay;
    app::tuneProcess();
    const QCoreApplication application(argc, argv);
    std::signal(SIGPIPE, SIG_IGN); // a reader that leaves is told by the write that fails
    const settings::Paths paths = settings::Paths::resolve(common::Environment::ofProcess());
    app::CommandContext context{
        app::Console(),
        paths,
        services::ControlClient(paths.controlSocket),
        [paths](const app::StartOptions &options) { return app::runHeadless(options, paths); }};
    return app::runCommandLine(argc, argv, context);
}
