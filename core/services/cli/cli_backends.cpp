#include "cli_backends.h"

#include "core/services/cli/cli_events.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

QStringList openCodeArguments(const QString &model)
{
    // Without words of its own the message is what comes on standard input.
    return {
        u"run"_s,
        u"--format"_s,
        u"json"_s,
        u"--model"_s,
        model.isEmpty() ? u"freerelay/auto"_s : model};
}

QStringList codexArguments(const QString &model)
{
    QStringList arguments{u"exec"_s, u"--json"_s, u"--skip-git-repo-check"_s};
    if (!model.isEmpty()) {
        arguments << u"--model"_s << model;
    }
    return arguments << u"-"_s; // the prompt is on standard input
}

QString openCodeAccounts(const connect::Machine &machine)
{
    return machine.inFolder("XDG_DATA_HOME"_ba, u".local/share"_s, u"opencode/auth.json"_s);
}

QString codexAccounts(const connect::Machine &machine)
{
    return machine.inFolder("CODEX_HOME"_ba, u".codex"_s, u"auth.json"_s);
}

/// Where programs and their files are, and what a terminal speaks; no secrets by their nature.
const QStringList &allowedNames()
{
    static const QStringList names{
        u"PATH"_s,
        u"HOME"_s,
        u"USER"_s,
        u"LOGNAME"_s,
        u"SHELL"_s,
        u"LANG"_s,
        u"LC_ALL"_s,
        u"LC_CTYPE"_s,
        u"TZ"_s,
        u"TERM"_s,
        u"TMPDIR"_s,
        u"TEMP"_s,
        u"TMP"_s,
        u"XDG_CONFIG_HOME"_s,
        u"XDG_DATA_HOME"_s,
        u"XDG_STATE_HOME"_s,
        u"XDG_CACHE_HOME"_s,
        u"XDG_RUNTIME_DIR"_s,
        u"CODEX_HOME"_s,
        u"SSL_CERT_FILE"_s,
        u"SSL_CERT_DIR"_s,
        u"NODE_EXTRA_CA_CERTS"_s,
        u"SystemRoot"_s,
        u"USERPROFILE"_s,
        u"APPDATA"_s,
        u"LOCALAPPDATA"_s,
        u"PATHEXT"_s,
        u"ComSpec"_s};
    return names;
}

} // namespace

const std::vector<CliTool> &cliTools()
{
    static const std::vector<CliTool> tools{
        {u"opencode-cli"_s,
         u"opencode"_s,
         u"opencode"_s,
         openCodeArguments,
         openCodeAccounts,
         openCodeEvent},
        {u"codex-cli"_s, u"codex"_s, u"codex"_s, codexArguments, codexAccounts, codexEvent}};
    return tools;
}

const CliTool *findCliTool(const QString &id)
{
    const auto &tools = cliTools();
    const auto found = std::find_if(
        tools.begin(), tools.end(), [&id](const CliTool &tool) { return tool.id == id; });
    return found == tools.end() ? nullptr : &*found;
}

QStringList
cliArguments(const CliTool &tool, const QString &model, const connect::Endpoint &endpoint)
{
    const connect::Connector *connector = connect::findConnector(tool.connector);
    const QStringList first = connector->arguments ? connector->arguments(endpoint) : QStringList();
    return first + tool.arguments(model);
}

QProcessEnvironment allowedEnvironment(const QProcessEnvironment &whole)
{
    QProcessEnvironment environment;
    for (const QString &name : allowedNames()) {
        if (whole.contains(name)) {
            environment.insert(name, whole.value(name));
        }
    }
    return environment;
}

QProcessEnvironment cliEnvironment(
    const CliTool &tool, const QProcessEnvironment &whole, const connect::Endpoint &endpoint)
{
    QProcessEnvironment environment = allowedEnvironment(whole);
    for (const QByteArray &variable :
         connect::findConnector(tool.connector)->environment(endpoint)) {
        const qsizetype equals = variable.indexOf('=');
        environment.insert(
            QString::fromUtf8(variable.left(equals)), QString::fromUtf8(variable.mid(equals + 1)));
    }
    return environment;
}

} // namespace freerelay::services
