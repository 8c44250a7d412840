#pragma once

#include "core/common/secret.h"
#include "core/gateway/http_types.h"
#include "core/relay/audit_gate.h"
#include "core/relay/worker_relay.h"

#include <memory>

namespace freerelay::gateway {

/// POST /v1/chat/completions: parse, refuse loops, hand over to the relay. One worker thread.
class ChatRoute
{
public:
    /// Both outlive the route.
    ChatRoute(relay::WorkerRelay &relay, relay::AuditGate &audit)
        : m_relay(relay)
        , m_audit(audit)
    { }

    void handle(HttpRequest request, std::shared_ptr<relay::Downstream> downstream);

private:
    relay::WorkerRelay &m_relay;
    relay::AuditGate &m_audit;
    common::RandomIds m_ids;
};

/// The hop header to send on: `received` plus `instanceId`. Null when the request has been here
/// before or has passed eight programs: a loop (508).
[[nodiscard]] QByteArray nextHops(const QByteArray &received, const QByteArray &instanceId);

} // namespace freerelay::gateway
