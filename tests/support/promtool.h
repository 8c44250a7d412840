#pragma once

#include <QByteArray>
#include <QProcess>
#include <QStandardPaths>
#include <QString>

namespace freerelay::tests {

/// What Prometheus' own checker says about a scrape.
struct PromtoolVerdict
{
    bool isInstalled = false; ///< false: the test is to be skipped
    QByteArray complaints; ///< "" = none
};

/// Runs `promtool check metrics` (Debian package prometheus) on the text.
[[nodiscard]] inline PromtoolVerdict checkWithPromtool(const QByteArray &text)
{
    const QString program = QStandardPaths::findExecutable(QStringLiteral("promtool"));
    if (program.isEmpty()) {
        return {};
    }
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, {QStringLiteral("check"), QStringLiteral("metrics")});
    process.write(text);
    process.closeWriteChannel();
    process.waitForFinished();
    QByteArray complaints = process.readAll();
    if (complaints.isEmpty() && process.exitCode() != 0) {
        complaints = "exit code " + QByteArray::number(process.exitCode());
    }
    return {true, complaints};
}

} // namespace freerelay::tests
