#pragma once

#include "core/gateway/router.h"
#include "core/gateway/routes/cli_route.h"
#include "core/gateway/routes/skills_route.h"
#include "core/gateway/routes/tool_config_route.h"

namespace freerelay::services {

/// What tools ask about FreeRelay itself, and what it runs for them. One worker thread.
class ToolRoutes
{
public:
    /// @param control  outlives the routes; `mainContext` lives on its thread
    ToolRoutes(
        gateway::ToolConfigRoute::ListModels models,
        interfaces::GatewayControl &control,
        QObject &mainContext)
        : m_config(std::move(models))
        , m_cli(control, mainContext)
        , m_skills(control, mainContext)
    { }

    /// @param router  must not outlive the routes
    void addTo(gateway::Router &router);

private:
    void addConfigs(gateway::Router &router);
    void addRuns(gateway::Router &router);
    void addSkills(gateway::Router &router);

    gateway::ToolConfigRoute m_config;
    gateway::CliRoute m_cli;
    gateway::SkillsRoute m_skills;
};

} // namespace freerelay::services
