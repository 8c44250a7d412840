#pragma once

#include "core/gateway/router.h"
#include "core/gateway/routes/admin_route.h"
#include "core/gateway/routes/apps_route.h"
#include "core/gateway/routes/dashboard_route.h"
#include "core/gateway/routes/history_route.h"
#include "core/gateway/routes/metrics_route.h"
#include "core/gateway/routes/models_route.h"
#include "core/gateway/routes/replay_route.h"
#include "core/relay/text_gate.h"
#include "core/relay/worker_relay.h"
#include "core/services/chaos_keeper.h"
#include "core/services/dialect_routes.h"
#include "core/services/tool_routes.h"
#include "core/telemetry/outcome_meter.h"

namespace freerelay::services {

/// What the workers share; everything outlives the server.
struct SharedParts
{
    const common::Published<relay::RelayConfig> &config;
    relay::RelayState relayState;
    relay::OutcomeSink &outcomes;
    const common::Clock &clock;
    interfaces::GatewayControl &control;
    interfaces::RequestHistory &history;
    QObject &mainContext;
    telemetry::Metrics &metrics;
    QObject &controlContext;
    gateway::ModelsRoute::ReadRecording recording;
    const common::Published<relay::AuditRules> &auditRules;
    relay::AuditSink &auditTrail;
    gateway::ModelsRoute::ReadAudit audit;
    gateway::ReplyLogs &replies;
    relay::TextSink &texts;
    ChaosKeeper &chaos;
};

/// One worker's relay and routes. Created, used and destroyed on its thread.
class WorkerHandler final : public gateway::RequestHandler
{
public:
    WorkerHandler(const SharedParts &parts, const common::Published<gateway::AccessRules> &rules);

    void
    handle(gateway::HttpRequest request, std::shared_ptr<relay::Downstream> downstream) override
    {
        m_router.handle(std::move(request), std::move(downstream));
    }

private:
    void addClientRoutes();
    void addAdminRoutes();
    void addHistoryRoutes();

    telemetry::OutcomeMeter m_meter;
    relay::AuditGate m_audit;
    relay::TextGate m_texts;
    relay::WorkerRelay m_relay;
    gateway::ReplayRoute m_replay;
    DialectRoutes m_dialects;
    gateway::ProgramModels m_programs;
    gateway::ModelsRoute m_models;
    ToolRoutes m_tools;
    gateway::MetricsRoute m_metrics;
    gateway::AdminRoute m_admin;
    gateway::AppsRoute m_apps;
    gateway::HistoryRoute m_history;
    gateway::DashboardRoute m_dashboard;
    gateway::Router m_router;
};

} // namespace freerelay::services
