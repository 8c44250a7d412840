#include "child_process.h"

#ifdef Q_OS_UNIX
#include <csignal>
#include <unistd.h>
#endif

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

using interfaces::CliOutcome;
using interfaces::CliStatus;

namespace {

constexpr qsizetype maxErrorBytes = 4'096;

} // namespace

ChildProcess::ChildProcess(QObject *parent)
    : QObject(parent)
{
    m_timeout.setSingleShot(true);
    m_force.setSingleShot(true);
    connect(&m_timeout, &QTimer::timeout, this, [this] { end(CliStatus::Timeout); });
#ifdef Q_OS_UNIX
    connect(&m_force, &QTimer::timeout, this, [this] { signalGroup(SIGKILL); });
    m_process.setChildProcessModifier([] { ::setpgid(0, 0); });
#else
    connect(&m_force, &QTimer::timeout, &m_process, &QProcess::kill);
#endif
    connect(&m_process, &QProcess::readyReadStandardOutput, this, &ChildProcess::readOutput);
    connect(&m_process, &QProcess::readyReadStandardError, this, &ChildProcess::readErrors);
    connect(
        &m_process, &QProcess::finished, this, [this](int exitCode, QProcess::ExitStatus status) {
            finish(exitCode, status);
        });
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            finish(CliOutcome{CliStatus::Failed, -1, m_process.errorString(), {}});
        }
    });
}

ChildProcess::~ChildProcess()
{
    m_process.disconnect(this);
#ifdef Q_OS_UNIX
    signalGroup(SIGKILL);
#endif
}

void ChildProcess::start(const ChildOrder &order)
{
    m_elapsed.start();
    m_process.setProcessEnvironment(order.environment);
    m_process.setWorkingDirectory(order.folder);
    m_process.start(order.program, order.arguments);
    m_group = m_process.processId();
    m_process.write(order.input);
    m_process.closeWriteChannel();
    m_timeout.start(order.timeout);
}

void ChildProcess::end(CliStatus reason)
{
    if (m_reason || m_over) {
        return;
    }
    m_reason = reason;
    m_force.start(grace);
#ifdef Q_OS_UNIX
    signalGroup(SIGTERM);
#else
    m_process.terminate();
#endif
}

void ChildProcess::signalGroup(int signal)
{
#ifdef Q_OS_UNIX
    if (m_group > 1) {
        ::kill(static_cast<pid_t>(-m_group), signal); // gone already: nothing to do
    }
#else
    Q_UNUSED(signal)
#endif
}

void ChildProcess::readOutput()
{
    const QByteArray bytes = m_process.readAllStandardOutput();
    m_outputBytes += bytes.size();
    m_pending += bytes;
    for (qsizetype end = m_pending.indexOf('\n'); end >= 0; end = m_pending.indexOf('\n')) {
        const QByteArray line = m_pending.first(end);
        m_pending.remove(0, end + 1);
        if (!m_reason) {
            Q_EMIT lineRead(line);
        }
    }
    if (m_outputBytes > maxOutputBytes || m_pending.size() > maxLineBytes) {
        m_pending.clear();
        end(CliStatus::TooMuchOutput);
    }
}

void ChildProcess::readErrors()
{
    m_errors += m_process.readAllStandardError();
    m_errors = m_errors.right(maxErrorBytes);
}

QString ChildProcess::lastWords() const
{
    const QByteArrayList lines = m_errors.trimmed().split('\n');
    return QString::fromUtf8(lines.last()).simplified();
}

void ChildProcess::finish(int exitCode, QProcess::ExitStatus status)
{
    readOutput();
    readErrors();
    if (!m_pending.isEmpty() && !m_reason) {
        Q_EMIT lineRead(m_pending);
    }
    const bool good = status == QProcess::NormalExit && exitCode == 0;
    CliOutcome outcome;
    outcome.status = m_reason.value_or(good ? CliStatus::Completed : CliStatus::Failed);
    outcome.exitCode = status == QProcess::NormalExit && !m_reason ? exitCode : -1;
    outcome.error = outcome.status == CliStatus::Failed ? lastWords() : QString();
    finish(std::move(outcome));
}

void ChildProcess::finish(CliOutcome outcome)
{
    if (m_over) {
        return;
    }
    m_over = true;
    m_timeout.stop();
    m_force.stop();
#ifdef Q_OS_UNIX
    signalGroup(SIGKILL); // what it has left behind
#endif
    m_group = 0;
    outcome.duration = std::chrono::milliseconds(m_elapsed.elapsed());
    Q_EMIT ended(outcome);
}

} // namespace freerelay::services
