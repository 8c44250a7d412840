#pragma once

#include "core/connect/machine.h"
#include "core/connect/settings_text.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <vector>

namespace freerelay::connect {

/// What a tool speaks to the gateway, for a test request.
enum class Dialect { Chat, Messages, Responses, Gemini };

/// Where the gateway is, for a tool.
struct Endpoint
{
    QByteArray root; ///< "http://127.0.0.1:8000"
    QByteArray key; ///< the client key, or the tool's own; empty: any will do
    bool isToolsOwn = false; ///< `key` opens nothing but for this tool, and may be written down
};

/// One setting to write.
struct Edit
{
    enum class When { Always, IfAbsent };

    SettingPath path;
    QByteArray value;
    When when = When::Always;
};

/// One settings file of a tool, and what is to be written there.
struct FileRecipe
{
    QString path;
    Syntax syntax = Syntax::Json;
    std::vector<Edit> edits;
};

/// A tool, and how it is pointed at the gateway: data and small pure functions.
struct Connector
{
    QString id; ///< "opencode"
    QString name; ///< "OpenCode"
    QStringList programs; ///< any of them on the PATH means that it is there
    QString folder; ///< below the home folder; there when the tool was used once
    Dialect dialect = Dialect::Chat;
    /// The files; empty when the tool is set up by hand.
    std::function<std::vector<FileRecipe>(const Machine &, const Endpoint &)> recipe;
    /// What to do by hand, or to know: with {endpoint} and {key}.
    QString advice;
    bool reachesLocalhost = true;
    /// The environment that points one run of it at the gateway, as "NAME=value"; and arguments.
    std::function<QByteArrayList(const Endpoint &)> environment;
    std::function<QStringList(const Endpoint &)> arguments;
};

/// All that are known, in the order of a list for people.
[[nodiscard]] const std::vector<Connector> &connectors();
/// Null when there is none of this id.
[[nodiscard]] const Connector *findConnector(const QString &id);

/// Whether the key is written into the tool's settings, so that it can have one of its own.
[[nodiscard]] bool holdsKey(const Connector &connector, const Machine &machine);

/// The advice with the gateway's address filled in.
[[nodiscard]] QString adviceOf(const Connector &connector, const Endpoint &endpoint);

/// What a tool sends as its key: without a client key any word will do.
[[nodiscard]] QByteArray keyOf(const Endpoint &endpoint);

/// {endpoint} and {key} filled into a text, as they stand between double quotes of JSON, YAML and
/// TOML.
[[nodiscard]] QByteArray filled(QByteArray text, const Endpoint &endpoint);

} // namespace freerelay::connect
