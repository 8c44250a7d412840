#pragma once

#include "core/gateway/router.h"
#include "core/gateway/routes/tool_config_route.h"

namespace freerelay::services {

/// What tools ask about FreeRelay itself. One worker thread.
class ToolRoutes
{
public:
    explicit ToolRoutes(gateway::ToolConfigRoute::ListModels models)
        : m_config(std::move(models))
    { }

    /// @param router  must not outlive the routes
    void addTo(gateway::Router &router);

private:
    gateway::ToolConfigRoute m_config;
};

} // namespace freerelay::services
