#pragma once

#include "tests/integration/cli/cli_fixture.h"

namespace freerelay::tests {

/// The program at a terminal of its own (a pseudo terminal), and a person who types.
class Terminal
{
public:
    Terminal(const CliFixture &fixture, const QStringList &arguments);
    ~Terminal();
    Q_DISABLE_COPY_MOVE(Terminal)

    /// Waits until `text` shows after what was waited for before.
    [[nodiscard]] bool shows(const QByteArray &text);
    void type(const QByteArray &text) const;
    /// Waits for the end. @return the exit code, -1 when there is none
    [[nodiscard]] int finish();

    /// All that ever showed.
    [[nodiscard]] const QByteArray &screen() const { return m_screen; }
    /// Whether the terminal shows what is typed into it.
    [[nodiscard]] bool hasEcho() const;

private:
    void read();

    int m_master = -1;
    int m_slave = -1;
    QProcess m_process;
    QByteArray m_screen;
    qsizetype m_seen = 0;
};

} // namespace freerelay::tests
