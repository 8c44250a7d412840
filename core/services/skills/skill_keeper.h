#pragma once

#include "core/common/clock.h"
#include "core/interfaces/cli_runs.h"
#include "core/interfaces/skills.h"
#include "core/services/skills/skill_file.h"

#include <map>
#include <memory>

namespace freerelay::services {

/// The skills, and the runs of tools as two of them: whatever is run is remembered. Main thread.
class SkillKeeper final : public interfaces::Skills, public interfaces::CliRuns
{
public:
    /// @param file  read at the first question, written after each change
    SkillKeeper(
        QString file, std::unique_ptr<interfaces::CliRuns> runs, const common::Clock &clock);
    ~SkillKeeper() override;
    Q_DISABLE_COPY_MOVE(SkillKeeper)

    [[nodiscard]] QJsonObject overview() const override;
    [[nodiscard]] QJsonObject results() const override;
    [[nodiscard]] QJsonObject config() const override;
    [[nodiscard]] common::Result<QJsonObject> supervise(const QJsonObject &order) override;

    [[nodiscard]] bool isOn() const override { return m_runs->isOn(); }
    [[nodiscard]] std::vector<interfaces::CliBackend> backends() const override
    {
        return m_runs->backends();
    }
    void describe(OnBackends told) override { m_runs->describe(std::move(told)); }
    [[nodiscard]] common::Result<RunId>
    start(const interfaces::CliOrder &order, OnEvent onEvent, OnEnd onEnd) override;
    void cancel(RunId id) override { m_runs->cancel(id); }

private:
    struct Underway;

    [[nodiscard]] SkillState &state() const;
    [[nodiscard]] QJsonObject toJson(const QString &id, const QString &kind, int running) const;
    void onEnd(const Underway &run, const interfaces::CliOutcome &outcome);
    [[nodiscard]] common::Result<void> save();

    QString m_file;
    std::unique_ptr<interfaces::CliRuns> m_runs;
    const common::Clock &m_clock;
    mutable std::optional<SkillState> m_state;
    mutable QString m_problem; ///< why the file cannot be used; "" = it can
    std::map<QString, int> m_running; ///< runs under way, by skill
};

} // namespace freerelay::services
