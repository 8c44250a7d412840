#include "cli_versions.h"

#include <QDir>
#include <QRegularExpression>

#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

CliVersions::~CliVersions() = default;

void CliVersions::ask(
    const QStringList &programs, const QProcessEnvironment &environment, std::function<void()> done)
{
    for (const QString &program : programs) {
        if (m_known.value(program).until.hasExpired() && !m_asked.contains(program)) {
            start(program, environment);
        }
    }
    m_waiting.push_back(std::move(done));
    if (m_asked.empty()) {
        onEnded({});
    }
}

void CliVersions::start(const QString &program, const QProcessEnvironment &environment)
{
    auto child = std::make_unique<ChildProcess>();
    QObject::connect(
        child.get(), &ChildProcess::lineRead, child.get(), [this, program](const auto &line) {
            hear(program, line);
        });
    // Queued: a child that cannot be started says so at once, and it is destroyed there.
    QObject::connect(
        child.get(),
        &ChildProcess::ended,
        child.get(),
        [this, program] { onEnded(program); },
        Qt::QueuedConnection);
    m_known[program] = {{}, QDeadlineTimer(period)};
    ChildProcess &started = *m_asked.emplace(program, std::move(child)).first->second;
    started.start({program, {u"--version"_s}, environment, QDir::rootPath(), {}, patience});
}

/// The first that looks like a version counts: "codex-cli 0.171.0", "1.18.33".
void CliVersions::hear(const QString &program, const QByteArray &line)
{
    static const QRegularExpression version(u"\\d+(\\.\\d+)+[-+.\\w]{0,40}"_s);
    QString &known = m_known[program].version;
    if (known.isEmpty()) {
        known = version.match(QString::fromUtf8(line.left(200))).captured();
    }
}

/// @param program  "" = none had to be asked
void CliVersions::onEnded(const QString &program)
{
    if (const auto ended = m_asked.find(program); ended != m_asked.end()) {
        ended->second->deleteLater(); // it is what calls
        ended->second.release(); // NOLINT(bugprone-unused-return-value)
        m_asked.erase(ended);
    }
    if (!m_asked.empty()) {
        return;
    }
    for (const std::function<void()> &done : std::exchange(m_waiting, {})) {
        done();
    }
}

} // namespace freerelay::services
