#pragma once

#include "core/common/clock.h"
#include "core/gateway/http_types.h"
#include "core/interfaces/gateway_control.h"
#include "core/relay/circuits.h"
#include "core/relay/model_directory.h"
#include "core/relay/relay_state.h"
#include "core/relay/worker_relay.h"

#include <functional>

namespace freerelay::gateway {

/// GET /v1/models, GET /v1/models/{id} and GET /health. One worker thread.
class ModelsRoute
{
public:
    /// Called on the worker.
    using ReadRecording = std::function<interfaces::RecordingStatus()>;
    using ReadAudit = std::function<interfaces::AuditStatus()>;
    using ReadChaos = std::function<interfaces::ChaosFigures()>;

    /// What health() tells beside what the relay knows.
    struct Reports
    {
        ReadRecording recording;
        ReadAudit audit;
        ReadChaos chaos;
    };

    ModelsRoute(
        relay::WorkerRelay &relay,
        const relay::RelayState &state,
        const common::Clock &clock,
        Reports reports)
        : m_relay(relay)
        , m_coolDowns(state.coolDowns)
        , m_quota(state.quota)
        , m_health(state.health)
        , m_clock(clock)
        , m_reports(std::move(reports))
    { }

    /// The names that chats can ask for now.
    /// @param caller  may be told of ProgramModels too
    [[nodiscard]] std::vector<relay::ListedModel>
    usableForChats(const apps::Caller &caller = {}) const;
    /// `?all=true` lists the whole catalogue.
    void list(const HttpRequest &request, relay::Downstream &downstream);
    /// @param id  what follows /v1/models/; may hold slashes
    void one(const HttpRequest &request, QByteArrayView id, relay::Downstream &downstream);
    /// What list() and one() tell, for other dialects.
    [[nodiscard]] std::vector<relay::ListedModel>
    listed(const apps::Caller &caller, bool all) const;
    [[nodiscard]] std::optional<relay::ListedModel>
    find(const apps::Caller &caller, QByteArrayView id) const;
    /// Live (this answers) and ready (a request would find a candidate), every configured
    /// provider's state, what fails at the moment, whether requests are recorded and audited, and
    /// whether faults are played on purpose.
    /// Tells no secrets: it needs no key.
    void health(relay::Downstream &downstream);

private:
    /// @param quotas  outlive the result
    [[nodiscard]] relay::Supplies supplies(const std::vector<quota::QuotaConstraint> &quotas) const
    {
        return {m_coolDowns, quotas, m_clock.now()};
    }

    relay::WorkerRelay &m_relay;
    const quota::CoolDownTable &m_coolDowns;
    const quota::QuotaLedger &m_quota;
    const health::HealthTable &m_health;
    const common::Clock &m_clock;
    Reports m_reports;
};

} // namespace freerelay::gateway
