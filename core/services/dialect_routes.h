#pragma once

#include "core/dialects/ollama/ollama_words.h"
#include "core/gateway/router.h"
#include "core/gateway/routes/chat_route.h"
#include "core/gateway/routes/generate_content_route.h"
#include "core/gateway/routes/models_route.h"
#include "core/gateway/routes/responses_route.h"

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
    /// @param models  outlives the router
    void addTo(gateway::Router &router, const gateway::ModelsRoute &models);
    /// Has chats served by programs as well. @param programs  outlives the routes
    void setPrograms(gateway::ProgramModels &programs);

private:
    void addChat(gateway::Router &router, QByteArray path, gateway::ChatRoute &route);
    void addResponses(gateway::Router &router);
    void addOllama(gateway::Router &router, const gateway::ModelsRoute &models);
    void addGoogle(gateway::Router &router, const gateway::ModelsRoute &models);
    void addOllamaWords(
        gateway::Router &router,
        QByteArray path,
        dialects::OllamaForm form,
        gateway::ChatRoute &route);

    gateway::ChatRoute m_chat;
    gateway::ChatRoute m_messages; ///< Anthropic's dialect
    gateway::ResponsesRoute m_responses;
    gateway::ChatRoute m_embeddings;
    gateway::ChatRoute m_moderations;
    gateway::ChatRoute m_completions;
    gateway::ChatRoute m_ollamaChat;
    gateway::ChatRoute m_ollamaGenerate;
    gateway::ChatRoute m_ollamaBatch; ///< embeddings of several texts
    gateway::ChatRoute m_ollamaSingle; ///< of one
    gateway::GenerateContentRoute m_google;
    const common::Clock &m_clock;
};

} // namespace freerelay::services
