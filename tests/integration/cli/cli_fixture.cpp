#include "cli_fixture.h"

#include "core/common/secret.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::tests {

CliFixture::CliFixture()
    : m_environment(QProcessEnvironment::systemEnvironment())
{
    if (!common::initialiseCrypto()) {
        qFatal("no libsodium");
    }
    for (const auto &name :
         {u"XDG_CONFIG_HOME"_s,
          u"XDG_DATA_HOME"_s,
          u"XDG_STATE_HOME"_s,
          u"XDG_CACHE_HOME"_s,
          u"XDG_RUNTIME_DIR"_s,
          u"HOME"_s}) {
        m_environment.insert(name, m_folder.path());
    }
    for (const auto &name :
         {u"DISPLAY"_s, u"WAYLAND_DISPLAY"_s, u"NO_COLOR"_s, u"FREERELAY_API_KEY"_s}) {
        m_environment.remove(name);
    }
    QHash<QByteArray, QByteArray> variables;
    for (const QString &name : m_environment.keys()) {
        variables.insert(name.toUtf8(), m_environment.value(name).toUtf8());
    }
    paths = settings::Paths::resolve(common::Environment(variables));
    fillSample(gateway);
}

bool CliFixture::listen(std::function<void()> show)
{
    m_server = std::make_unique<services::ControlServer>(gateway, std::move(show));
    return paths.createFolders() && m_server->listen(paths.controlSocket);
}

QProcessEnvironment CliFixture::environment() const
{
    return m_environment;
}

void CliFixture::setVariable(const QString &name, const QString &value)
{
    m_environment.insert(name, value);
}

std::unique_ptr<QProcess> CliFixture::start(const QStringList &arguments) const
{
    auto process = std::make_unique<QProcess>();
    process->setProcessEnvironment(m_environment);
    process->setWorkingDirectory(m_folder.path());
    process->start(QStringLiteral(FREERELAY_PROGRAM), arguments);
    return process;
}

CliResult CliFixture::run(const QStringList &arguments, const QByteArray &input) const
{
    const auto process = start(arguments);
    process->write(input);
    process->closeWriteChannel();
    return finish(*process);
}

CliResult CliFixture::finish(QProcess &process)
{
    constexpr int patienceMs = 30'000;
    const bool ended = QTest::qWaitFor(
        [&process] { return process.state() == QProcess::NotRunning; }, patienceMs);
    if (!ended) {
        process.kill();
        process.waitForFinished();
    }
    CliResult result;
    if (ended && process.exitStatus() == QProcess::NormalExit
        && process.error() != QProcess::FailedToStart) {
        result.exitCode = process.exitCode();
    }
    result.out = process.readAllStandardOutput();
    result.err = process.readAllStandardError();
    return result;
}

} // namespace freerelay::tests
