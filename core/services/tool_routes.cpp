#include "tool_routes.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

using gateway::HttpRequest;
using gateway::Method;
using Downstream = std::shared_ptr<relay::Downstream>;

void ToolRoutes::addTo(gateway::Router &router)
{
    router.add(
        {Method::Get,
         "/openclaw/config"_ba,
         {},
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_config.openClawConfig(request, *downstream);
         }});
    router.add(
        {Method::Get,
         "/openclaw/models"_ba,
         {},
         [this](const HttpRequest &, const Downstream &downstream) {
             m_config.openClawModels(*downstream);
         }});
    router.add(
        {Method::Get,
         "/opencode/models"_ba,
         {},
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_config.openCodeModels(request, *downstream);
         }});
}

} // namespace freerelay::services
