#include "skill_keeper.h"

#include "core/services/cli/cli_backends.h"
#include "core/services/skills/coding_supervisor.h"

#include <QJsonArray>
#include <QLoggingCategory>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

Q_LOGGING_CATEGORY(lcSkills, "freerelay.skills", QtInfoMsg)

using common::Result;
using interfaces::CliBackend;
using interfaces::CliOrder;
using interfaces::CliOutcome;
using interfaces::CliStatus;

constexpr qsizetype maxOutput = 1'000; // characters that are kept of an answer

/// "opencode-cli" → "opencode"
QString skillOf(const QString &backend)
{
    const CliTool *tool = findCliTool(backend);
    return tool == nullptr ? backend : tool->connector;
}

QString statusOf(CliStatus status)
{
    switch (status) {
    case CliStatus::Completed:
        return u"completed"_s;
    case CliStatus::Timeout:
        return u"timeout"_s;
    case CliStatus::Failed:
    case CliStatus::Cancelled:
    case CliStatus::TooMuchOutput:
        break;
    }
    return u"failed"_s;
}

} // namespace

/// One run, and the beginning of what it has said.
struct SkillKeeper::Underway
{
    QString skill;
    QString model;
    QString output;
    qint64 events = 0;
};

SkillKeeper::SkillKeeper(
    QString file, std::unique_ptr<interfaces::CliRuns> runs, const common::Clock &clock)
    : m_file(std::move(file))
    , m_runs(std::move(runs))
    , m_clock(clock)
{ }

SkillKeeper::~SkillKeeper() = default;

SkillState &SkillKeeper::state() const
{
    if (!m_state) {
        auto read = readSkills(m_file);
        if (!read) {
            m_problem = read.error().message;
            qCWarning(lcSkills).noquote() << "what skills have done is not known:" << m_problem;
        }
        m_state = std::move(read).value_or(SkillState());
    }
    return *m_state;
}

/// A file that could not be read is not written over.
Result<void> SkillKeeper::save()
{
    if (!m_problem.isEmpty()) {
        return common::failure(common::ErrorKind::StorageFailed, m_problem);
    }
    return writeSkills(m_file, *m_state);
}

QJsonObject SkillKeeper::toJson(const QString &id, const QString &kind, int running) const
{
    const SkillResult *last = state().last(id);
    const QString ended = last == nullptr ? u"idle"_s : last->status;
    return {
        {u"id"_s, id},
        {u"kind"_s, kind},
        {u"status"_s, running > 0 ? u"running"_s : ended},
        {u"running"_s, running},
        {u"last_duration_ms"_s,
         last == nullptr ? QJsonValue() : QJsonValue(qint64(last->duration.count()))}};
}

QJsonObject SkillKeeper::results() const
{
    QJsonArray list;
    for (auto result = state().results.rbegin(); result != state().results.rend(); ++result) {
        list.append(result->toJson());
    }
    return {{u"results"_s, list}};
}

QJsonObject SkillKeeper::overview() const
{
    QJsonArray list;
    for (const CliBackend &backend : backends()) {
        const QString id = skillOf(backend.id);
        const auto running = m_running.find(id);
        QJsonObject skill = toJson(
            id, u"external"_s, running == m_running.end() ? 0 : running->second);
        skill.insert(u"available"_s, backend.installed && isOn());
        list.append(skill);
    }
    QJsonObject supervisor = toJson(
        QString::fromLatin1(CodingSupervisor::id),
        u"internal"_s,
        static_cast<int>(state().sessions.size()));
    supervisor.insert(u"available"_s, m_problem.isEmpty());
    list.append(supervisor);
    return {{u"skills"_s, list}};
}

QJsonObject SkillKeeper::config() const
{
    QJsonObject skills;
    for (const CliBackend &backend : backends()) {
        skills.insert(
            skillOf(backend.id),
            QJsonObject{
                {u"route"_s, u"/opencode/cli-run"_s},
                {u"backend"_s, backend.id},
                {u"program"_s, backend.program},
                {u"installed"_s, backend.installed},
                {u"enabled"_s, isOn()}});
    }
    skills.insert(
        QString::fromLatin1(CodingSupervisor::id),
        QJsonObject{
            {u"route"_s, u"/skills/coding-supervisor"_s},
            {u"actions"_s, QJsonArray{u"start"_s, u"change"_s, u"feedback"_s, u"end"_s}},
            {u"enabled"_s, true},
            {u"max_diff"_s, qint64(CodingSupervisor::maxDiff)}});
    return {{u"skills"_s, skills}, {u"max_results"_s, qint64(SkillState::maxResults)}};
}

Result<QJsonObject> SkillKeeper::supervise(const QJsonObject &order)
{
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        m_clock.wallNow().time_since_epoch());
    auto answer = CodingSupervisor::carryOut(
        state(), order, QDateTime::fromMSecsSinceEpoch(now.count(), Qt::UTC));
    if (!answer) {
        return answer;
    }
    if (const auto saved = save(); !saved) {
        return common::failure(saved.error());
    }
    return answer;
}

Result<interfaces::CliRuns::RunId>
SkillKeeper::start(const CliOrder &order, OnEvent onEvent, OnEnd onEnd)
{
    auto run = std::make_shared<Underway>();
    run->skill = skillOf(order.backend);
    run->model = order.model;
    auto started = m_runs->start(
        order,
        [run, onEvent = std::move(onEvent)](const QJsonObject &event) {
            ++run->events;
            if (event["type"_L1] == "text"_L1 && run->output.size() < maxOutput) {
                run->output = QString(run->output % event["text"_L1].toString()).left(maxOutput);
            }
            onEvent(event);
        },
        [this, run, onEnd = std::move(onEnd)](const CliOutcome &outcome) {
            this->onEnd(*run, outcome);
            onEnd(outcome);
        });
    if (started) {
        ++m_running[run->skill];
    }
    return started;
}

void SkillKeeper::onEnd(const Underway &run, const CliOutcome &outcome)
{
    --m_running[run.skill];
    state().add(
        {run.skill,
         statusOf(outcome.status),
         run.output,
         outcome.error,
         outcome.duration,
         {{u"ended"_s, interfaces::nameOf(outcome.status)},
          {u"exit_code"_s, outcome.exitCode},
          {u"model"_s, run.model},
          {u"events"_s, run.events}}});
    if (const auto saved = save(); !saved) {
        qCWarning(lcSkills).noquote() << "a result was not kept:" << saved.error().message;
    }
}

} // namespace freerelay::services
