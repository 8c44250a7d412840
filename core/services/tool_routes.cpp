#include "tool_routes.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

using gateway::HttpRequest;
using gateway::Method;
using gateway::RouteFlag;
using Downstream = std::shared_ptr<relay::Downstream>;

void ToolRoutes::addTo(gateway::Router &router)
{
    addConfigs(router);
    addRuns(router);
    addSkills(router);
}

void ToolRoutes::addConfigs(gateway::Router &router)
{
    router.add(
        {Method::Get,
         "/openclaw/config"_ba,
         RouteFlag::Models,
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_config.openClawConfig(request, *downstream);
         }});
    router.add(
        {Method::Get,
         "/openclaw/models"_ba,
         RouteFlag::Models,
         [this](const HttpRequest &, const Downstream &downstream) {
             m_config.openClawModels(*downstream);
         }});
    router.add(
        {Method::Get,
         "/opencode/models"_ba,
         RouteFlag::Models,
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_config.openCodeModels(request, *downstream);
         }});
}

void ToolRoutes::addRuns(gateway::Router &router)
{
    router.add(
        {Method::Get,
         "/opencode/cli-backends"_ba,
         {},
         [this](const HttpRequest &, const Downstream &downstream) {
             m_cli.backends(downstream);
         }});
    router.add(
        {Method::Post,
         "/opencode/cli-run"_ba,
         RouteFlag::Admin | RouteFlag::JsonBody,
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_cli.run(request, downstream);
         }});
}

void ToolRoutes::addSkills(gateway::Router &router)
{
    router.add(
        {Method::Get, "/skills"_ba, {}, [this](const HttpRequest &, const Downstream &downstream) {
             m_skills.overview(downstream);
         }});
    router.add(
        {Method::Get,
         "/skills/results"_ba,
         RouteFlag::Admin,
         [this](const HttpRequest &, const Downstream &downstream) {
             m_skills.results(downstream);
         }});
    router.add(
        {Method::Get,
         "/skills/config"_ba,
         {},
         [this](const HttpRequest &, const Downstream &downstream) {
             m_skills.config(downstream);
         }});
    router.add(
        {Method::Post,
         "/skills/coding-supervisor"_ba,
         RouteFlag::Admin | RouteFlag::JsonBody,
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_skills.supervise(request, downstream);
         }});
}

} // namespace freerelay::services
