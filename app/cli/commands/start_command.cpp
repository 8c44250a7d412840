#include "start_command.h"

#include "app/cli/commands/state_commands.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <string>
#include <unistd.h>
#include <vector>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

bool hasDisplay()
{
    return !qEnvironmentVariableIsEmpty("DISPLAY")
        || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
}

/// Replaces this process; returns only when that fails.
void becomeDesktop(const QString &program, const StartOptions &options)
{
    std::vector<std::string> words{program.toStdString()};
    for (const QString &argument : options.toArguments()) {
        words.push_back(argument.toStdString());
    }
    std::vector<char *> arguments;
    for (std::string &word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    ::execv(arguments.front(), arguments.data());
}

int offerRunning(CommandContext &context, const QJsonObject &status)
{
    const QString endpoint = status.value("endpoint"_L1).toString();
    context.console.note(u"FreeRelay is already running at %1."_s.arg(endpoint));
    if (!context.console.isInteractive()) {
        return exitAlreadyRunning;
    }
    const auto answer = context.console.ask(
        u"[s]how its window, s[t]op it, or leave it [enter]? "_s);
    if (answer == "s"_L1) {
        return orderCommand(context, u"show"_s, u"Shown."_s);
    }
    if (answer == "t"_L1) {
        return orderCommand(context, u"quit"_s, u"Stopping."_s);
    }
    return exitAlreadyRunning;
}

} // namespace

int startCommand(CommandContext &context, const StartOptions &options)
{
    if (const auto status = context.control.call(u"status"_s)) {
        return offerRunning(context, *status);
    }
    const QString desktop = QCoreApplication::applicationDirPath() + "/freerelay-desktop"_L1;
    if (!options.headless && hasDisplay() && QFileInfo(desktop).isExecutable()) {
        becomeDesktop(desktop, options);
        context.console.error(u"%1 could not be started; running without a window."_s.arg(desktop));
    }
    return context.runHeadless(options);
}

} // namespace freerelay::app
