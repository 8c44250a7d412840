#include "worker_handler.h"

#include "core/gateway/routes/messages_route.h"
#include "core/upstream/curl_client.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

using gateway::HttpRequest;
using gateway::Method;
using gateway::RouteFlag;
using Downstream = std::shared_ptr<relay::Downstream>;

WorkerHandler::WorkerHandler(
    const SharedParts &parts, const common::Published<gateway::AccessRules> &rules)
    : m_meter(parts.metrics, parts.outcomes)
    , m_audit(parts.auditRules, parts.auditTrail, m_meter)
    , m_texts(parts.texts, m_audit)
    , m_relay(
          parts.config,
          parts.chaos.around(
              std::make_unique<upstream::CurlClient>(upstream::ClientConfig(), parts.clock),
              parts.clock),
          parts.relayState,
          m_texts,
          parts.clock)
    , m_replay(parts.replies)
    , m_dialects(m_relay, m_audit, m_texts, m_replay)
    , m_programs(m_relay, parts.control, parts.mainContext)
    , m_models(
          m_relay,
          parts.relayState,
          parts.clock,
          {parts.recording, parts.audit, [&chaos = parts.chaos] { return chaos.figures(); }})
    , m_tools([this] { return m_models.usableForChats(); }, parts.control, parts.mainContext)
    , m_metrics([&metrics = parts.metrics] { return metrics.render(); }, parts.controlContext)
    , m_admin(parts.control, parts.mainContext)
    , m_apps(m_admin)
    , m_history(parts.history)
    , m_dashboard(parts.history, parts.clock)
    , m_router(rules)
{
    m_dialects.setPrograms(m_programs);
    m_dialects.addTo(m_router, m_models);
    m_tools.addTo(m_router);
    m_apps.addTo(m_router);
    addClientRoutes();
    addAdminRoutes();
    addHistoryRoutes();
}

void WorkerHandler::addClientRoutes()
{
    m_router.add(
        {Method::Get,
         "/"_ba,
         RouteFlag::Harmless,
         [](const HttpRequest &, const Downstream &downstream) { gateway::welcome(*downstream); }});
    m_router.add(
        {Method::Get,
         "/v1/streams/*"_ba,
         {},
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_replay.stream(
                 request, gateway::wildcardPart("/v1/streams/*", request.path), downstream);
         }});
    m_router.add(
        {Method::Get,
         "/v1/models"_ba,
         RouteFlag::Models,
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_models.list(request, *downstream);
         }});
    m_router.add(
        {Method::Get,
         "/v1/models/*"_ba,
         RouteFlag::Models,
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_models.one(
                 request, gateway::wildcardPart("/v1/models/*", request.path), *downstream);
         }});
    m_router.add(
        {Method::Get,
         "/health"_ba,
         RouteFlag::Harmless,
         [this](const HttpRequest &, const Downstream &downstream) {
             m_models.health(*downstream);
         }});
    m_router.add(
        {Method::Get,
         "/metrics"_ba,
         RouteFlag::NoKey,
         [this](const HttpRequest &, const Downstream &downstream) {
             m_metrics.scrape(downstream);
         }});
}

void WorkerHandler::addAdminRoutes()
{
    m_router.add(
        {Method::Get,
         "/admin/status"_ba,
         RouteFlag::Admin,
         [this](const HttpRequest &, const Downstream &downstream) {
             m_admin.status(downstream);
         }});
    m_router.add(
        {Method::Post,
         "/admin/mode"_ba,
         RouteFlag::Admin | RouteFlag::JsonBody,
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_admin.setMode(request, downstream);
         }});
    m_router.add(
        {Method::Post,
         "/admin/pause"_ba,
         RouteFlag::Admin,
         [this](const HttpRequest &, const Downstream &downstream) {
             m_admin.setPaused(true, downstream);
         }});
    m_router.add(
        {Method::Post,
         "/admin/resume"_ba,
         RouteFlag::Admin,
         [this](const HttpRequest &, const Downstream &downstream) {
             m_admin.setPaused(false, downstream);
         }});
}

void WorkerHandler::addHistoryRoutes()
{
    m_router.add(
        {Method::Get,
         "/dashboard"_ba,
         RouteFlag::Personal,
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_dashboard.show(request, downstream);
         }});
    m_router.add(
        {Method::Get,
         "/v1/requests"_ba,
         RouteFlag::Admin,
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_history.list(request, downstream);
         }});
    m_router.add(
        {Method::Get,
         "/v1/requests/*"_ba,
         RouteFlag::Admin,
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_history.one(gateway::wildcardPart("/v1/requests/*", request.path), downstream);
         }});
    m_router.add(
        {Method::Get,
         "/v1/quota"_ba,
         RouteFlag::Admin,
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_admin.quota(request, downstream);
         }});
    m_router.add(
        {Method::Get,
         "/v1/stats"_ba,
         RouteFlag::Admin,
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_history.stats(request, downstream);
         }});
}

} // namespace freerelay::services
