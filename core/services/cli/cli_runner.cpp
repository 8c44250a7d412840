#include "cli_runner.h"

#include "core/common/private_file.h"
#include "core/common/secret.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;
using interfaces::CliBackend;
using interfaces::CliOrder;
using interfaces::CliOutcome;

/// Passes on what a tool says, as events.
void tell(const CliTool &tool, const QByteArray &line, const interfaces::CliRuns::OnEvent &onEvent)
{
    const QJsonDocument document = QJsonDocument::fromJson(line);
    const auto event = document.isObject() ? tool.event(document.object()) : std::nullopt;
    if (event) {
        onEvent(*event);
    }
}

/// Of a file with a JSON object; what is in it is not looked at.
bool hasMembers(const QString &path)
{
    constexpr qint64 most = 256 * 1024;
    QFile file(path);
    return file.open(QIODevice::ReadOnly)
        && !QJsonDocument::fromJson(file.read(most)).object().isEmpty();
}

} // namespace

CliRunner::CliRunner(Surroundings surroundings)
    : m_around(std::move(surroundings))
{ }

CliRunner::~CliRunner() = default;

std::vector<CliBackend> CliRunner::backends() const
{
    std::vector<CliBackend> all;
    for (const CliTool &tool : cliTools()) {
        const QString program = m_around.machine.findProgram(tool.program);
        all.push_back(
            {tool.id,
             tool.program,
             !program.isEmpty(),
             m_versions.of(program),
             hasMembers(tool.accounts(m_around.machine))});
    }
    return all;
}

void CliRunner::describe(OnBackends told)
{
    QStringList programs;
    for (const CliTool &tool : cliTools()) {
        const QString program = m_around.machine.findProgram(tool.program);
        if (isOn() && !program.isEmpty()) {
            programs << program;
        }
    }
    m_versions.ask(
        programs, allowedEnvironment(m_around.environment), [this, told = std::move(told)] {
            told(backends());
        });
}

Result<CliRunner::Found> CliRunner::find(const CliOrder &order) const
{
    const settings::CliRunSettings settings = m_around.settings();
    if (!settings.enabled) {
        return failure(
            ErrorKind::PermissionDenied,
            u"Running tools is switched off (setting cli_runs.enabled)."_s);
    }
    const CliTool *tool = findCliTool(order.backend);
    if (tool == nullptr) {
        return failure(
            ErrorKind::NotFound, u"There is no back end “%1”."_s.arg(order.backend), u"backend"_s);
    }
    const QString program = m_around.machine.findProgram(tool->program);
    if (program.isEmpty()) {
        return failure(
            ErrorKind::NotFound, u"“%1” is not installed."_s.arg(tool->program), u"backend"_s);
    }
    if (m_runs.size() >= static_cast<std::size_t>(settings.most)) {
        return failure(
            ErrorKind::RateLimited,
            u"%1 tools run already (setting cli_runs.max)."_s.arg(m_runs.size()));
    }
    return Found{
        *tool, program, std::min(order.timeout.value_or(settings.timeout), settings.timeout)};
}

Result<interfaces::CliRuns::RunId>
CliRunner::start(const CliOrder &order, OnEvent onEvent, OnEnd onEnd)
{
    const auto found = find(order);
    if (!found) {
        return failure(found.error());
    }
    const CliTool &tool = found->tool;
    const RunId id = ++m_last;
    const auto folder = folderFor(order, id);
    if (!folder) {
        return failure(folder.error());
    }
    Run run{std::make_unique<ChildProcess>(), order.folder.isEmpty() ? *folder : QString()};
    ChildProcess &child = *run.child;
    QObject::connect(
        &child,
        &ChildProcess::lineRead,
        &child,
        [&tool, onEvent = std::move(onEvent)](const auto &line) { tell(tool, line, onEvent); });
    // Queued: a child that cannot be started says so at once, and it is destroyed here.
    QObject::connect(
        &child,
        &ChildProcess::ended,
        &child,
        [this, id, onEnd = std::move(onEnd)](const CliOutcome &outcome) {
            onEnded(id, outcome, onEnd);
        },
        Qt::QueuedConnection);
    m_runs.emplace(id, std::move(run));
    const connect::Endpoint endpoint = m_around.endpoint();
    child.start(
        {found->program,
         cliArguments(tool, order.model, endpoint),
         cliEnvironment(tool, m_around.environment, endpoint),
         *folder,
         order.prompt,
         found->timeout});
    return id;
}

Result<QString> CliRunner::folderFor(const CliOrder &order, RunId id)
{
    const QString named = m_around.settings().folder;
    const QString root = named.isEmpty() ? m_around.usualFolder : named;
    if (named.isEmpty()) {
        if (const auto made = common::ensurePrivateFolder(root); !made) {
            return failure(made.error());
        }
    }
    const QString whole = QFileInfo(root).canonicalFilePath();
    if (whole.isEmpty()) {
        return failure(
            ErrorKind::StorageFailed, u"The folder of cli_runs.folder does not exist."_s);
    }
    if (order.folder.isEmpty()) {
        constexpr int nameBytes = 8;
        const QString own = whole
            % u"/run-%1-%2"_s.arg(id).arg(QString::fromLatin1(common::randomHex(nameBytes)));
        const auto made = common::ensurePrivateFolder(own);
        return made ? Result<QString>(own) : failure(made.error());
    }
    // Links are followed before it is compared: none leads out.
    const QString asked = QFileInfo(QDir(whole), order.folder).canonicalFilePath();
    const bool inside = asked == whole || asked.startsWith(whole % u'/');
    if (!inside || !QFileInfo(asked).isDir()) {
        return failure(
            ErrorKind::PermissionDenied,
            u"The folder must be one below that of the setting cli_runs.folder."_s,
            u"cwd"_s);
    }
    return asked;
}

void CliRunner::onEnded(RunId id, const CliOutcome &outcome, const OnEnd &onEnd)
{
    const auto run = m_runs.find(id);
    if (run == m_runs.end()) {
        return;
    }
    const auto ended = m_runs.extract(run);
    ended.mapped().child->deleteLater(); // it is what calls
    ended.mapped().child.release(); // NOLINT(bugprone-unused-return-value)
    if (!ended.mapped().ownFolder.isEmpty()) {
        QDir().rmdir(ended.mapped().ownFolder); // stays when the tool has left something there
    }
    onEnd(outcome);
}

void CliRunner::cancel(RunId id)
{
    if (const auto run = m_runs.find(id); run != m_runs.end()) {
        run->second.child->cancel();
    }
}

} // namespace freerelay::services
