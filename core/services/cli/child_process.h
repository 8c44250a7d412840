#pragma once

#include "core/interfaces/cli_runs.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QTimer>

namespace freerelay::services {

/// What a child is started with.
struct ChildOrder
{
    QString program; ///< absolute path; no shell is involved
    QStringList arguments;
    QProcessEnvironment environment;
    QString folder;
    QByteArray input;
    std::chrono::milliseconds timeout{0};
};

/// One child in a process group of its own, with limits of time and output. When it ends, is ended
/// or destroyed, all of the group ends. One thread with an event loop.
class ChildProcess final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChildProcess)

public:
    static constexpr qint64 maxOutputBytes = 8 * 1024 * 1024;
    static constexpr qint64 maxLineBytes = 1024 * 1024;
    /// Between the request to end and its end by force.
    static constexpr std::chrono::milliseconds grace{2'000};

    explicit ChildProcess(QObject *parent = nullptr);
    ~ChildProcess() override;

    void start(const ChildOrder &order);
    /// Ends the group; ended() follows.
    void cancel() { end(interfaces::CliStatus::Cancelled); }

Q_SIGNALS:
    /// Without its line end.
    void lineRead(const QByteArray &line);
    /// Once, last.
    void ended(const freerelay::interfaces::CliOutcome &outcome);

private:
    void end(interfaces::CliStatus reason);
    void signalGroup(int signal);
    void readOutput();
    void readErrors();
    void finish(int exitCode, QProcess::ExitStatus status);
    void finish(interfaces::CliOutcome outcome);
    [[nodiscard]] QString lastWords() const;

    QProcess m_process;
    QTimer m_timeout;
    QTimer m_force;
    QElapsedTimer m_elapsed;
    QByteArray m_pending; ///< output without a line end yet
    QByteArray m_errors; ///< the end of what it wrote to standard error
    qint64 m_outputBytes = 0;
    qint64 m_group = 0; ///< 0 = none
    std::optional<interfaces::CliStatus> m_reason; ///< why it was ended
    bool m_over = false;
};

} // namespace freerelay::services
