#include "terminal.h"

#include <QTest>

#include <array>
#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace freerelay::tests {

namespace {

constexpr int patienceMs = 20'000;

} // namespace

Terminal::Terminal(const CliFixture &fixture, const QStringList &arguments)
{
    if (::openpty(&m_master, &m_slave, nullptr, nullptr, nullptr) != 0) {
        qFatal("no pseudo terminal");
    }
    ::fcntl(m_master, F_SETFL, O_NONBLOCK);
    ::fcntl(m_master, F_SETFD, FD_CLOEXEC);
    m_process.setProcessEnvironment(fixture.environment());
    const int slave = m_slave;
    m_process.setChildProcessModifier([slave] {
        ::setsid();
        ::ioctl(slave, TIOCSCTTY, 0);
        ::dup2(slave, STDIN_FILENO);
        ::dup2(slave, STDOUT_FILENO);
        ::dup2(slave, STDERR_FILENO);
    });
    m_process.start(QStringLiteral(FREERELAY_PROGRAM), arguments);
}

Terminal::~Terminal()
{
    m_process.kill();
    m_process.waitForFinished();
    ::close(m_slave);
    ::close(m_master);
}

void Terminal::read()
{
    std::array<char, 4'096> buffer{};
    for (;;) {
        const ssize_t got = ::read(m_master, buffer.data(), buffer.size());
        if (got <= 0) {
            return;
        }
        m_screen.append(buffer.data(), got);
    }
}

bool Terminal::shows(const QByteArray &text)
{
    qsizetype found = -1;
    const bool isShown = QTest::qWaitFor(
        [&] {
            read();
            found = m_screen.indexOf(text, m_seen);
            return found >= 0;
        },
        patienceMs);
    if (!isShown) {
        qWarning("“%s” does not show. The screen:\n%s", text.constData(), m_screen.constData());
        return false;
    }
    m_seen = found + text.size();
    return true;
}

void Terminal::type(const QByteArray &text) const
{
    qsizetype written = 0;
    const bool isTaken = QTest::qWaitFor(
        [&] {
            const ssize_t step = ::write(
                m_master, text.constData() + written, static_cast<size_t>(text.size() - written));
            written += step > 0 ? step : 0;
            return written == text.size();
        },
        patienceMs);
    if (!isTaken) {
        qWarning("the program does not read what is typed");
    }
}

int Terminal::finish()
{
    const bool ended = QTest::qWaitFor(
        [this] {
            read();
            return m_process.state() == QProcess::NotRunning;
        },
        patienceMs);
    read();
    return ended && m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
}

bool Terminal::hasEcho() const
{
    termios settings{};
    return ::tcgetattr(m_slave, &settings) == 0 && (settings.c_lflag & ECHO) != 0
        && (settings.c_lflag & ICANON) != 0 && (settings.c_lflag & ISIG) != 0;
}

} // namespace freerelay::tests
