#pragma once

#include "tests/integration/cli/cli_fixture.h"
#include "tests/integration/gateway/raw_client.h"

#include <QProcess>

#include <memory>

namespace freerelay::tests {

/// The built program, serving on a port of its own until the end of the test.
class RunningGateway final
{
public:
    explicit RunningGateway(CliFixture &fixture)
        : m_fixture(fixture)
    { }
    ~RunningGateway();
    Q_DISABLE_COPY_MOVE(RunningGateway)

    /// Starts it without a window; false (with what it said as a warning) when it does not serve.
    [[nodiscard]] bool start(const QStringList &options = {});
    [[nodiscard]] quint16 port() const { return m_port; }

    /// One request on a connection of its own. `head` holds further header lines, each with CRLF.
    [[nodiscard]] RawReply get(const QByteArray &target, const QByteArray &head = {}) const;
    [[nodiscard]] RawReply
    post(const QByteArray &target, const QByteArray &body, const QByteArray &head = {}) const;

    /// Ends it in order; everything it has said.
    [[nodiscard]] CliResult stop();
    /// Ends it as a power failure would.
    void kill();
    /// What it has said so far on standard error.
    [[nodiscard]] QByteArray said();

private:
    CliFixture &m_fixture;
    std::unique_ptr<QProcess> m_process;
    QByteArray m_said;
    quint16 m_port = 0;
};

} // namespace freerelay::tests
