#pragma once

#include "core/gateway/http_types.h"
#include "core/gateway/routes/chat_route.h"
#include "core/gateway/routes/models_route.h"

namespace freerelay::gateway {

/// Google's generateContent API under /v1beta/models. One worker thread.
class GenerateContentRoute
{
public:
    /// All outlive the route.
    GenerateContentRoute(
        relay::WorkerRelay &relay,
        relay::AuditGate &audit,
        relay::TextGate &texts,
        ReplayRoute &replay);

    /// POST /v1beta/models/{model}:{method}.
    void call(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream);

    /// GET /v1beta/models: what chats can ask for now.
    static void
    list(const HttpRequest &request, const ModelsRoute &models, relay::Downstream &downstream);
    /// GET /v1beta/models/{model}.
    static void
    one(const HttpRequest &request, const ModelsRoute &models, relay::Downstream &downstream);

    /// See ChatRoute::setPrograms().
    void setPrograms(ProgramModels &programs) { m_chat.setPrograms(programs); }

private:
    ChatRoute m_chat;
};

} // namespace freerelay::gateway
