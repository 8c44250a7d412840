#include "dialect_routes.h"

#include "core/dialects/embeddings/embeddings_request.h"
#include "core/gateway/routes/messages_route.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

using gateway::HttpRequest;
using gateway::Method;
using gateway::RouteFlag;
using Downstream = std::shared_ptr<relay::Downstream>;

DialectRoutes::DialectRoutes(
    relay::WorkerRelay &relay,
    relay::AuditGate &audit,
    relay::TextGate &texts,
    gateway::ReplayRoute &replay)
    : m_chat(relay, audit, texts, replay)
    , m_messages(relay, audit, texts, replay, {&gateway::messagesDialect()})
    , m_embeddings(relay, audit, texts, replay, {nullptr, &dialects::parseEmbeddings})
    , m_moderations(relay, audit, texts, replay, {nullptr, &dialects::parseModerations})
{ }

void DialectRoutes::addTo(gateway::Router &router)
{
    addChat(router, "/v1/chat/completions"_ba, m_chat);
    addChat(router, "/v1/messages"_ba, m_messages);
    addChat(router, "/v1/embeddings"_ba, m_embeddings);
    addChat(router, "/v1/moderations"_ba, m_moderations);
    router.add(
        {Method::Post,
         "/v1/messages/count_tokens"_ba,
         RouteFlag::JsonBody,
         [](const HttpRequest &request, const Downstream &downstream) {
             gateway::countTokens(request, *downstream);
         }});
}

void DialectRoutes::addChat(gateway::Router &router, QByteArray path, gateway::ChatRoute &route)
{
    router.add(
        {Method::Post,
         std::move(path),
         RouteFlag::JsonBody,
         [&route](HttpRequest request, Downstream downstream) {
             route.handle(std::move(request), std::move(downstream));
         }});
}

} // namespace freerelay::services
