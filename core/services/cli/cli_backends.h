#pragma once

#include "core/connect/connector.h"
#include "core/connect/machine.h"
#include "core/interfaces/cli_runs.h"

#include <QProcessEnvironment>

#include <vector>

namespace freerelay::services {

/// A tool of the command line and how it is run: data and pure functions.
struct CliTool
{
    QString id; ///< "opencode-cli"
    QString connector; ///< of the same tool
    QString program;
    /// The prompt comes on standard input.
    std::function<QStringList(const QString &model)> arguments;
    /// The JSON file that holds its accounts; without one, or without members, it has none.
    std::function<QString(const connect::Machine &machine)> accounts;
    /// One line of its output as an event of ours; nullopt when it says nothing that is known.
    std::function<std::optional<QJsonObject>(const QJsonObject &line)> event;
};

[[nodiscard]] const std::vector<CliTool> &cliTools();
/// Null when there is none of this id.
[[nodiscard]] const CliTool *findCliTool(const QString &id);

/// All arguments of a run that uses the gateway.
[[nodiscard]] QStringList
cliArguments(const CliTool &tool, const QString &model, const connect::Endpoint &endpoint);

/// What of `whole` a tool gets to see. No other name comes through: least of all keys.
[[nodiscard]] QProcessEnvironment allowedEnvironment(const QProcessEnvironment &whole);
/// The same, and what points it at the gateway.
[[nodiscard]] QProcessEnvironment cliEnvironment(
    const CliTool &tool, const QProcessEnvironment &whole, const connect::Endpoint &endpoint);

} // namespace freerelay::services
