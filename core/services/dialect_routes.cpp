#include "dialect_routes.h"

#include "core/dialects/completions/completions_dialect.h"
#include "core/dialects/embeddings/embeddings_request.h"
#include "core/gateway/routes/messages_route.h"
#include "core/gateway/routes/ollama_route.h"
#include "core/gateway/routes/token_count.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

using dialects::OllamaForm;
using gateway::HttpRequest;
using gateway::Method;
using gateway::RouteFlag;
using Downstream = std::shared_ptr<relay::Downstream>;

namespace {

const dialects::ClientDialect &completionsDialect()
{
    static const dialects::CompletionsDialect dialect;
    return dialect;
}

} // namespace

DialectRoutes::DialectRoutes(
    relay::WorkerRelay &relay,
    relay::AuditGate &audit,
    relay::TextGate &texts,
    gateway::ReplayRoute &replay)
    : m_chat(relay, audit, texts, replay)
    , m_messages(relay, audit, texts, replay, {&gateway::messagesDialect()})
    , m_responses(relay, audit, texts, replay)
    , m_embeddings(
          relay,
          audit,
          texts,
          replay,
          {nullptr, &dialects::parseEmbeddings, apps::Scope::Embeddings})
    , m_moderations(
          relay,
          audit,
          texts,
          replay,
          {nullptr, &dialects::parseModerations, apps::Scope::Moderations})
    , m_completions(relay, audit, texts, replay, {&completionsDialect()})
    , m_ollamaChat(relay, audit, texts, replay, {&gateway::ollamaDialect(OllamaForm::Chat)})
    , m_ollamaGenerate(relay, audit, texts, replay, {&gateway::ollamaDialect(OllamaForm::Generate)})
    , m_ollamaBatch(
          relay,
          audit,
          texts,
          replay,
          {&gateway::ollamaBatchDialect(), &dialects::parseEmbeddings, apps::Scope::Embeddings})
    , m_ollamaSingle(
          relay,
          audit,
          texts,
          replay,
          {&gateway::ollamaSingleDialect(), &dialects::parseEmbeddings, apps::Scope::Embeddings})
    , m_google(relay, audit, texts, replay)
    , m_clock(relay.clock())
{ }

void DialectRoutes::addTo(gateway::Router &router, const gateway::ModelsRoute &models)
{
    addChat(router, "/v1/chat/completions"_ba, m_chat);
    addChat(router, "/v1/messages"_ba, m_messages);
    addResponses(router);
    addChat(router, "/v1/embeddings"_ba, m_embeddings);
    addChat(router, "/v1/moderations"_ba, m_moderations);
    addChat(router, "/v1/completions"_ba, m_completions);
    addOllama(router, models);
    addGoogle(router, models);
    router.add(
        {Method::Post,
         "/v1/messages/count_tokens"_ba,
         RouteFlag::JsonBody,
         [](const HttpRequest &request, const Downstream &downstream) {
             gateway::countTokens(
                 gateway::messagesDialect(), "input_tokens"_ba, request, *downstream);
         }});
}

void DialectRoutes::setPrograms(gateway::ProgramModels &programs)
{
    for (gateway::ChatRoute *route :
         {&m_chat, &m_messages, &m_completions, &m_ollamaChat, &m_ollamaGenerate}) {
        route->setPrograms(programs);
    }
    m_responses.setPrograms(programs);
    m_google.setPrograms(programs);
}

void DialectRoutes::addChat(gateway::Router &router, QByteArray path, gateway::ChatRoute &route)
{
    router.add(
        {Method::Post,
         std::move(path),
         RouteFlag::JsonBody | RouteFlag::ToldByHandler,
         [&route](const HttpRequest &request, Downstream downstream) {
             route.handle(request, std::move(downstream));
         }});
}

void DialectRoutes::addResponses(gateway::Router &router)
{
    router.add(
        {Method::Post,
         "/v1/responses"_ba,
         RouteFlag::JsonBody | RouteFlag::ToldByHandler,
         [this](const HttpRequest &request, Downstream downstream) {
             m_responses.create(request, std::move(downstream));
         }});
    router.add(
        {Method::Post,
         "/v1/responses/compact"_ba,
         RouteFlag::JsonBody | RouteFlag::ToldByHandler,
         [this](const HttpRequest &request, Downstream downstream) {
             m_responses.compact(request, std::move(downstream));
         }});
    router.add(
        {Method::Post,
         "/v1/responses/input_tokens"_ba,
         RouteFlag::JsonBody,
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_responses.countInput(request, *downstream);
         }});
    router.add(
        {Method::Post,
         "/v1/responses/*"_ba,
         {},
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_responses.cancel(request, *downstream);
         }});
    router.add(
        {Method::Get,
         "/v1/responses/*"_ba,
         {},
         [this](const HttpRequest &request, Downstream downstream) {
             m_responses.get(request, std::move(downstream));
         }});
    router.add(
        {Method::Delete,
         "/v1/responses/*"_ba,
         {},
         [this](const HttpRequest &request, const Downstream &downstream) {
             m_responses.remove(request, *downstream);
         }});
}

void DialectRoutes::addOllama(gateway::Router &router, const gateway::ModelsRoute &models)
{
    addOllamaWords(router, "/api/chat"_ba, OllamaForm::Chat, m_ollamaChat);
    addOllamaWords(router, "/api/generate"_ba, OllamaForm::Generate, m_ollamaGenerate);
    addChat(router, "/api/embed"_ba, m_ollamaBatch);
    addChat(router, "/api/embeddings"_ba, m_ollamaSingle);
    const auto get = [&router](QByteArray path, gateway::RouteFunction function) {
        router.add({Method::Get, std::move(path), RouteFlag::Models, std::move(function)});
    };
    get("/api/tags"_ba, [&models](const HttpRequest &request, const Downstream &downstream) {
        gateway::ollamaTags(models.listed(request.caller, false), *downstream);
    });
    get("/api/version"_ba, [](const HttpRequest &, const Downstream &downstream) {
        gateway::ollamaVersionReply(*downstream);
    });
    get("/api/ps"_ba, [](const HttpRequest &, const Downstream &downstream) {
        gateway::ollamaRunning(*downstream);
    });
    router.add(
        {Method::Post,
         "/api/show"_ba,
         RouteFlag::JsonBody | RouteFlag::Models,
         [&models](const HttpRequest &request, const Downstream &downstream) {
             gateway::ollamaShow(request, models, *downstream);
         }});
}

void DialectRoutes::addGoogle(gateway::Router &router, const gateway::ModelsRoute &models)
{
    router.add(
        {Method::Post,
         "/v1beta/models/*"_ba,
         RouteFlag::JsonBody | RouteFlag::ToldByHandler,
         [this](const HttpRequest &request, Downstream downstream) {
             m_google.call(request, std::move(downstream));
         }});
    router.add(
        {Method::Get,
         "/v1beta/models"_ba,
         RouteFlag::Models,
         [&models](const HttpRequest &request, const Downstream &downstream) {
             gateway::GenerateContentRoute::list(request, models, *downstream);
         }});
    router.add(
        {Method::Get,
         "/v1beta/models/*"_ba,
         RouteFlag::Models,
         [&models](const HttpRequest &request, const Downstream &downstream) {
             gateway::GenerateContentRoute::one(request, models, *downstream);
         }});
}

void DialectRoutes::addOllamaWords(
    gateway::Router &router, QByteArray path, OllamaForm form, gateway::ChatRoute &route)
{
    router.add(
        {Method::Post,
         std::move(path),
         RouteFlag::JsonBody | RouteFlag::ToldByHandler,
         [this, form, &route](const HttpRequest &request, Downstream downstream) {
             if (!gateway::answerLoad(request, form, m_clock, *downstream)) {
                 route.handle(request, std::move(downstream));
             }
         }});
}

} // namespace freerelay::services
