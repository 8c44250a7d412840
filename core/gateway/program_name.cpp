#include "program_name.h"

#include "core/dialects/redact.h"

#include <QByteArrayList>

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

constexpr qsizetype maxName = 48;

/// Programs that run others' scripts; versions at their end do not matter ("python3.11").
constexpr std::array<QByteArrayView, 12> interpreters{
    "node", "nodejs", "bun", "deno", "python", "ruby", "perl", "sh", "bash", "dash", "zsh", "php"};

/// Names that scripts have by custom.
constexpr std::array<QByteArrayView, 9> emptyNames{
    "index", "main", "cli", "app", "server", "start", "run", "__main__", "entry"};

/// Folders that say nothing about what is in them.
constexpr std::array<QByteArrayView, 8> emptyFolders{
    "bin", "dist", "src", "lib", "build", "out", "scripts", ".bin"};

template <std::size_t size>
bool isAmong(const std::array<QByteArrayView, size> &names, QByteArrayView name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool isInterpreter(QByteArray name)
{
    while (!name.isEmpty() && ((name.back() >= '0' && name.back() <= '9') || name.back() == '.')) {
        name.chop(1);
    }
    return isAmong(interpreters, name);
}

QByteArray lastPart(const QByteArray &path)
{
    return path.sliced(path.lastIndexOf('/') + 1);
}

/// Without the ending of a script.
QByteArray stem(QByteArray name)
{
    for (const char *ending : {".js", ".mjs", ".cjs", ".ts", ".py", ".rb", ".pl", ".sh", ".php"}) {
        if (name.endsWith(ending)) {
            name.chop(qsizetype(qstrlen(ending)));
            break;
        }
    }
    return name;
}

/// "/usr/lib/node_modules/@openai/codex/bin/cli.js" → "codex"
QByteArray packageOf(const QByteArrayList &parts)
{
    const qsizetype modules = parts.lastIndexOf("node_modules"_ba);
    if (modules < 0 || modules + 2 >= parts.size()) {
        return {};
    }
    return parts[modules + (parts[modules + 1].startsWith('@') ? 2 : 1)];
}

QByteArray scriptName(const QByteArray &path)
{
    const QByteArray name = stem(lastPart(path));
    if (!isAmong(emptyNames, name)) {
        return name;
    }
    const QByteArrayList parts = path.split('/');
    if (const QByteArray package = packageOf(parts); !package.isEmpty()) {
        return package;
    }
    for (qsizetype i = parts.size() - 2; i >= 0; --i) {
        if (!parts[i].isEmpty() && !isAmong(emptyFolders, parts[i])) {
            return parts[i];
        }
    }
    return name;
}

QByteArray scriptIn(const QByteArrayList &arguments)
{
    for (qsizetype i = 1; i < arguments.size(); ++i) {
        if (arguments[i] == "-m") {
            return i + 1 < arguments.size() ? arguments[i + 1] : QByteArray();
        }
        if (arguments[i] == "-c" || arguments[i] == "-e") {
            return {}; // a program in the arguments: nobody's business
        }
        if (!arguments[i].startsWith('-') && arguments[i] != "run") { // "bun run x.ts"
            return scriptName(arguments[i]);
        }
    }
    return {};
}

QByteArray shown(QByteArray name)
{
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c > 0 && (c < ' ' || c == '\x7f'); }, ' ');
    name = dialects::redactSecrets(name.trimmed());
    name.truncate(maxName);
    return name;
}

} // namespace

QByteArray programName(const QByteArray &commandLine, const QByteArray &comm)
{
    const QByteArrayList arguments = commandLine.split('\0');
    // A program may write its title over its arguments: "claude", "nginx: worker".
    const QByteArray program = lastPart(arguments.first());
    if (program.isEmpty()) {
        return shown(comm);
    }
    const QByteArray script = isInterpreter(program) ? scriptIn(arguments) : QByteArray();
    return shown(script.isEmpty() ? program : script);
}

} // namespace freerelay::gateway
