#pragma once

#include "core/connect/machine.h"
#include "core/interfaces/cli_runs.h"
#include "core/services/cli/child_process.h"
#include "core/services/cli/cli_backends.h"
#include "core/services/cli/cli_versions.h"
#include "core/settings/settings.h"

#include <map>
#include <memory>

namespace freerelay::services {

/// Runs the tools of cli_backends.h. Main thread; what still runs when it is destroyed is ended.
class CliRunner final : public interfaces::CliRuns
{
public:
    /// What it works with; read anew for each run.
    struct Surroundings
    {
        connect::Machine machine;
        std::function<settings::CliRunSettings()> settings;
        std::function<connect::Endpoint()> endpoint;
        QString usualFolder; ///< when the settings name none
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    };

    explicit CliRunner(Surroundings surroundings);
    ~CliRunner() override;
    Q_DISABLE_COPY_MOVE(CliRunner)

    [[nodiscard]] bool isOn() const override { return m_around.settings().enabled; }
    [[nodiscard]] std::vector<interfaces::CliBackend> backends() const override;
    void describe(OnBackends told) override;
    [[nodiscard]] common::Result<RunId>
    start(const interfaces::CliOrder &order, OnEvent onEvent, OnEnd onEnd) override;
    void cancel(RunId id) override;

private:
    struct Run
    {
        std::unique_ptr<ChildProcess> child;
        QString ownFolder; ///< made for this run; removed when it is left empty
    };

    /// What an order comes to.
    struct Found
    {
        const CliTool &tool; ///< of the table
        QString program; ///< absolute
        std::chrono::milliseconds timeout;
    };

    /// May it run, and what is it? See start() for the errors.
    [[nodiscard]] common::Result<Found> find(const interfaces::CliOrder &order) const;
    /// @return where to work, absolute
    [[nodiscard]] common::Result<QString> folderFor(const interfaces::CliOrder &order, RunId id);
    void onEnded(RunId id, const interfaces::CliOutcome &outcome, const OnEnd &onEnd);

    Surroundings m_around;
    RunId m_last = 0;
    std::map<RunId, Run> m_runs;
    CliVersions m_versions;
};

} // namespace freerelay::services
