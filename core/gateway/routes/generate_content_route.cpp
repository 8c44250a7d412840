#include "generate_content_route.h"

#include "core/dialects/generate_content/generate_content_dialect.h"
#include "core/dialects/generate_content/generate_content_reader.h"
#include "core/dialects/json_writer.h"
#include "core/gateway/router.h"
#include "core/gateway/routes/token_count.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

constexpr int ok = 200;
constexpr int notFound = 404;

const dialects::ClientDialect &googleDialect()
{
    static const dialects::GenerateContentDialect dialect;
    return dialect;
}

common::HeaderList jsonHeaders()
{
    return {{"content-type"_ba, "application/json"_ba}};
}

void refuseUnknown(relay::Downstream &downstream, const QByteArray &message)
{
    downstream.reply(notFound, jsonHeaders(), googleDialect().error({notFound, message, {}}));
}

void writeModel(dialects::JsonWriter &json, const relay::ListedModel &model)
{
    json.beginObject().member("name", QByteArray("models/" + model.id)).member("version", "1");
    json.member("displayName", model.id);
    if (model.contextWindow) {
        json.key("inputTokenLimit").integer(*model.contextWindow);
    }
    json.key("supportedGenerationMethods").beginArray().string("generateContent");
    json.string("streamGenerateContent").string("countTokens").endArray().endObject();
}

} // namespace

GenerateContentRoute::GenerateContentRoute(
    relay::WorkerRelay &relay, relay::AuditGate &audit, relay::TextGate &texts, ReplayRoute &replay)
    : m_chat(relay, audit, texts, replay, {&googleDialect()})
{ }

void GenerateContentRoute::call(
    const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream)
{
    const QByteArray method = dialects::googleTarget(request.path).method;
    if (method == "generateContent" || method == "streamGenerateContent") {
        m_chat.handle(request, std::move(downstream));
    } else if (method == "countTokens") {
        countTokens(googleDialect(), "totalTokens"_ba, request, *downstream);
    } else {
        refuseUnknown(
            *downstream,
            "This method is not served here. Use generateContent, streamGenerateContent or "
            "countTokens."_ba);
    }
}

void GenerateContentRoute::list(
    const HttpRequest &request, const ModelsRoute &models, relay::Downstream &downstream)
{
    QByteArray out;
    dialects::JsonWriter json(out);
    json.beginObject().key("models").beginArray();
    for (const relay::ListedModel &model : models.usableForChats(request.caller)) {
        writeModel(json, model);
    }
    json.endArray().endObject();
    downstream.reply(ok, jsonHeaders(), out);
}

void GenerateContentRoute::one(
    const HttpRequest &request, const ModelsRoute &models, relay::Downstream &downstream)
{
    const auto found = models.find(request.caller, wildcardPart("/v1beta/models/*", request.path));
    if (!found) {
        refuseUnknown(
            downstream,
            "There is no such model. GET /v1beta/models lists those that can be used."_ba);
        return;
    }
    QByteArray out;
    dialects::JsonWriter json(out);
    writeModel(json, *found);
    downstream.reply(ok, jsonHeaders(), out);
}

} // namespace freerelay::gateway
