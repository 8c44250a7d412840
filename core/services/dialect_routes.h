#pragma once

#include "core/gateway/router.h"
#include "core/gateway/routes/chat_route.h"

namespace freerelay::services {

/// What clients ask models in: the routes of every dialect. One worker thread.
class DialectRoutes
{
public:
    /// All outlive the routes.
    DialectRoutes(
        relay::WorkerRelay &relay,
        relay::AuditGate &audit,
        relay::TextGate &texts,
        gateway::ReplayRoute &replay);

    /// @param router  must not outlive the routes
    void addTo(gateway::Router &router);

private:
    void addChat(gateway::Router &router, QByteArray path, gateway::ChatRoute &route);

    gateway::ChatRoute m_chat;
    gateway::ChatRoute m_messages; ///< Anthropic's dialect
    gateway::ChatRoute m_embeddings;
    gateway::ChatRoute m_moderations;
};

} // namespace freerelay::services
