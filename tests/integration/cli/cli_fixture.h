#pragma once

#include "core/services/control/control_server.h"
#include "core/settings/paths.h"
#include "tests/support/sample_gateway.h"

#include <QProcess>
#include <QTemporaryDir>

#include <memory>

namespace freerelay::tests {

/// How a program ended.
struct CliResult
{
    int exitCode = -1; ///< -1: it did not start, crashed, or did not end
    QByteArray out;
    QByteArray err;

    [[nodiscard]] QByteArray all() const { return out + err; }
};

/// A user's folders of their own, and in them a running FreeRelay that a test plays.
class CliFixture
{
public:
    CliFixture();

    /// Opens the control socket; without it nothing runs.
    /// @param show  empty: the gateway is headless
    [[nodiscard]] bool listen(std::function<void()> show = {});

    /// The environment of the program: this one's, with the fixture's folders and no display.
    [[nodiscard]] QProcessEnvironment environment() const;

    /// Starts the program; the caller reads and ends it.
    [[nodiscard]] std::unique_ptr<QProcess> start(const QStringList &arguments) const;
    /// Runs it to its end, with `input` on its standard input.
    [[nodiscard]] CliResult run(const QStringList &arguments, const QByteArray &input = {}) const;
    /// Waits for the end of a started program.
    [[nodiscard]] static CliResult finish(QProcess &process);

    void setVariable(const QString &name, const QString &value);

    FakeGatewayControl gateway;
    settings::Paths paths;

private:
    QTemporaryDir m_folder;
    QProcessEnvironment m_environment;
    std::unique_ptr<services::ControlServer> m_server;
};

} // namespace freerelay::tests
