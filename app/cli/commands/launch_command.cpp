#include "launch_command.h"

#include "app/cli/commands/tool_keys.h"
#include "core/common/environment.h"
#include "core/keys/key_sources.h"

#include <QFileInfo>
#include <QProcess>

#include <cerrno>
#include <cstring>

#ifdef Q_OS_UNIX
#include <unistd.h>
#endif

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

/// The tool that a command is; what is not known gets what most tools of OpenAI's dialect read.
const connect::Connector &connectorOf(const QString &program)
{
    const QString name = QFileInfo(program).completeBaseName();
    for (const connect::Connector &connector : connect::connectors()) {
        const bool known = connector.id == name || connector.programs.contains(name);
        if (known && connector.environment) {
            return connector;
        }
    }
    return *connect::findConnector(u"shell"_s);
}

#ifdef Q_OS_UNIX

int become(
    CommandContext &context, const QByteArrayList &arguments, const QByteArrayList &variables)
{
    for (const QByteArray &variable : variables) {
        const qsizetype equals = variable.indexOf('=');
        qputenv(variable.left(equals).constData(), variable.mid(equals + 1));
    }
    std::vector<char *> pointers;
    for (const QByteArray &argument : arguments) {
        pointers.push_back(const_cast<char *>(argument.constData())); // execvp(3) does not write
    }
    pointers.push_back(nullptr);
    ::execvp(pointers.front(), pointers.data());
    const int code = errno;
    context.console.error(u"%1 could not be started: %2"_s.arg(
        QString::fromLocal8Bit(arguments.first()), QString::fromLocal8Bit(std::strerror(code))));
    return exitFailure;
}

#else

int become(
    CommandContext &context, const QByteArrayList &arguments, const QByteArrayList &variables)
{
    for (const QByteArray &variable : variables) {
        const qsizetype equals = variable.indexOf('=');
        qputenv(variable.left(equals).constData(), variable.mid(equals + 1));
    }
    QStringList rest;
    for (const QByteArray &argument : arguments.mid(1)) {
        rest << QString::fromLocal8Bit(argument);
    }
    const int code = QProcess::execute(QString::fromLocal8Bit(arguments.first()), rest);
    if (code < 0) {
        context.console.error(
            u"%1 could not be started."_s.arg(QString::fromLocal8Bit(arguments.first())));
        return exitFailure;
    }
    return code;
}

#endif

} // namespace

std::optional<connect::Endpoint> runningEndpoint(CommandContext &context, int &exitCode)
{
    const auto status = context.call(u"status"_s, {}, exitCode);
    if (!status) {
        return std::nullopt;
    }
    const auto key = keys::clientKey(common::Environment::ofProcess());
    if (!key) {
        context.console.error(key.error());
        exitCode = exitUsage;
        return std::nullopt;
    }
    const QByteArray root = status->value("endpoint"_L1).toString().toUtf8();
    if (root.isEmpty()) {
        context.console.error(
            u"FreeRelay is not listening. %1"_s.arg(status->value("problem"_L1).toString()));
        exitCode = exitFailure;
        return std::nullopt;
    }
    return connect::Endpoint{root, key->reveal()};
}

int launchCommand(CommandContext &context, const std::vector<std::string> &command)
{
    if (command.empty()) {
        context.console.error(u"Which tool? As in: freerelay launch claude"_s);
        return exitUsage;
    }
    int exitCode = exitOk;
    auto endpoint = runningEndpoint(context, exitCode);
    if (!endpoint) {
        return exitCode;
    }
    const connect::Connector &connector = connectorOf(QString::fromStdString(command.front()));
    if (endpoint->key.isEmpty()) {
        // Without one of its own it still works, unless keys have been made necessary.
        endpoint->key = ToolKeys(context)
                            .ofLaunch(connector.id, u"%1 (launched)"_s.arg(connector.name))
                            .reveal();
    }
    QByteArrayList arguments;
    // The id of a tool starts its program: "launch claude" as well as "launch /opt/bin/claude".
    const bool isId = QByteArray::fromStdString(command.front()) == connector.id.toUtf8()
        && !connector.programs.isEmpty();
    arguments
        << (isId ? connector.programs.first().toUtf8()
                 : QByteArray::fromStdString(command.front()));
    if (connector.arguments) {
        for (const QString &argument : connector.arguments(*endpoint)) {
            arguments << argument.toUtf8();
        }
    }
    for (auto argument = command.begin() + 1; argument != command.end(); ++argument) {
        arguments << QByteArray::fromStdString(*argument);
    }
    return become(context, arguments, connector.environment(*endpoint));
}

} // namespace freerelay::app
