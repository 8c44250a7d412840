#pragma once

#include "core/common/secret.h"
#include "core/gateway/http_types.h"
#include "core/gateway/replay/kept_downstream.h"
#include "core/gateway/routes/replay_route.h"
#include "core/relay/audit_gate.h"
#include "core/relay/text_gate.h"
#include "core/relay/worker_relay.h"

#include <memory>

namespace freerelay::gateway {

/// POST /v1/chat/completions: parse, refuse loops, put off what can wait while most providers fail,
/// hand over to the relay. A reply is kept to be
/// read again when the client asks for that (x-freerelay-resumable, Idempotency-Key). One worker
/// thread.
class ChatRoute
{
public:
    /// All outlive the route.
    ChatRoute(
        relay::WorkerRelay &relay,
        relay::AuditGate &audit,
        relay::TextGate &texts,
        ReplayRoute &replay)
        : m_relay(relay)
        , m_audit(audit)
        , m_texts(texts)
        , m_replay(replay)
    { }

    void handle(HttpRequest request, std::shared_ptr<relay::Downstream> downstream);

private:
    [[nodiscard]] std::shared_ptr<relay::Downstream> keep(
        const HttpRequest &request,
        const relay::RelayRequest &asked,
        std::shared_ptr<relay::Downstream> downstream);
    [[nodiscard]] std::shared_ptr<relay::Downstream> keepUnder(
        const ReplyLogs::Key &key,
        const HttpRequest &request,
        const relay::RelayRequest &asked,
        KeptDownstream::Terms terms,
        std::shared_ptr<relay::Downstream> downstream);
    void replay(
        std::shared_ptr<ReplyLog> log,
        relay::RelayRequest asked,
        std::shared_ptr<relay::Downstream> downstream);

    relay::WorkerRelay &m_relay;
    relay::AuditGate &m_audit;
    relay::TextGate &m_texts;
    ReplayRoute &m_replay;
    common::RandomIds m_ids;
};

/// The hop header to send on: `received` plus `instanceId`. Null when the request has been here
/// before or has passed eight programs: a loop (508).
[[nodiscard]] QByteArray nextHops(const QByteArray &received, const QByteArray &instanceId);

} // namespace freerelay::gateway
