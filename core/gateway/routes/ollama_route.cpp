#include "ollama_route.h"

#include "core/dialects/json.h"
#include "core/dialects/json_writer.h"
#include "core/dialects/ollama/ollama_dialect.h"
#include "core/dialects/ollama/ollama_embed_dialect.h"

#include <QCryptographicHash>
#include <QDateTime>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

using dialects::JsonWriter;
using dialects::OllamaForm;

constexpr int ok = 200;
constexpr int badRequest = 400;
constexpr int notFound = 404;

void replyJson(relay::Downstream &downstream, int status, QByteArray body)
{
    downstream.reply(status, {{"content-type"_ba, "application/json"_ba}}, std::move(body));
}

/// Nothing of it is known of models that run elsewhere; clients want the members.
void writeDetails(JsonWriter &json, QByteArrayView family)
{
    json.key("details").beginObject().member("parent_model", "").member("format", "");
    json.member("family", family).key("families").beginArray();
    if (!family.isEmpty()) {
        json.string(family);
    }
    json.endArray().member("parameter_size", "").member("quantization_level", "").endObject();
}

/// Clients tell models apart by it.
QByteArray digestOf(const QByteArray &id)
{
    return QCryptographicHash::hash(id, QCryptographicHash::Sha256).toHex();
}

void writeCapabilities(JsonWriter &json, const relay::Abilities &abilities)
{
    json.key("capabilities").beginArray();
    if (abilities.embeds) {
        json.string("embedding").endArray();
        return;
    }
    json.string("completion").string("insert");
    if (abilities.tools) {
        json.string("tools");
    }
    if (abilities.vision) {
        json.string("vision");
    }
    if (abilities.reasoning) {
        json.string("thinking");
    }
    json.endArray();
}

QByteArray shown(const relay::ListedModel &model)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().member("license", "").member("modelfile", "").member("parameters", "");
    json.member("template", "");
    writeDetails(json, model.ownedBy);
    json.key("model_info").beginObject().member("general.architecture", "freerelay");
    if (model.contextWindow) {
        json.key("freerelay.context_length").integer(*model.contextWindow);
    }
    json.endObject();
    writeCapabilities(json, model.abilities);
    json.endObject();
    return out;
}

} // namespace

const dialects::ClientDialect &ollamaDialect(OllamaForm form)
{
    static const dialects::OllamaDialect chat(OllamaForm::Chat);
    static const dialects::OllamaDialect generate(OllamaForm::Generate);
    return form == OllamaForm::Chat ? chat : generate;
}

const dialects::ClientDialect &ollamaBatchDialect()
{
    static const dialects::OllamaEmbedDialect batch(dialects::OllamaEmbedDialect::Form::Batch);
    return batch;
}

const dialects::ClientDialect &ollamaSingleDialect()
{
    static const dialects::OllamaEmbedDialect single(dialects::OllamaEmbedDialect::Form::Single);
    return single;
}

bool answerLoad(
    const HttpRequest &request,
    OllamaForm form,
    const common::Clock &clock,
    relay::Downstream &downstream)
{
    const auto root = dialects::parseJson(request.body);
    const dialects::JsonValue asked = root
        ? (*root)[form == OllamaForm::Chat ? "messages" : "prompt"]
        : dialects::JsonValue();
    const bool isEmpty = asked.isAbsent() || asked.isEmptyContainer() || asked.text() == "\"\"";
    if (!root || !root->isObject() || !isEmpty) {
        return false;
    }
    const bool unloads = (*root)["keep_alive"].text() == "0";
    dialects::ClientReplyContext context;
    context.clock = &clock;
    QByteArray out;
    JsonWriter json(out);
    dialects::beginOllamaReply(json, form, context, (*root)["model"].string(), {});
    json.member("done_reason", unloads ? "unload" : "load").key("done").boolean(true).endObject();
    replyJson(downstream, ok, out);
    return true;
}

void ollamaTags(const std::vector<relay::ListedModel> &models, relay::Downstream &downstream)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().key("models").beginArray();
    for (const relay::ListedModel &model : models) {
        const auto modified = QDateTime::fromSecsSinceEpoch(model.createdUnix, Qt::UTC);
        json.beginObject().member("name", model.id).member("model", model.id);
        json.member("modified_at", modified.toString(Qt::ISODate).toLatin1());
        json.key("size").integer(0).member("digest", digestOf(model.id));
        writeDetails(json, model.ownedBy);
        json.endObject();
    }
    json.endArray().endObject();
    replyJson(downstream, ok, out);
}

void ollamaShow(
    const HttpRequest &request, const ModelsRoute &models, relay::Downstream &downstream)
{
    const auto root = dialects::parseJson(request.body);
    if (!root || !root->isObject()) {
        replyJson(downstream, badRequest, dialects::ollamaError("The body must be a JSON object."));
        return;
    }
    const dialects::JsonValue given = (*root)["model"];
    const QByteArray name = dialects::ollamaModel(
        given.isString() ? given.string() : (*root)["name"].string());
    const auto model = models.find(request.caller, name);
    if (!model) {
        const QByteArray sentence = "model '" + name + "' not found";
        replyJson(downstream, notFound, dialects::ollamaError(sentence));
        return;
    }
    replyJson(downstream, ok, shown(*model));
}

void ollamaVersionReply(relay::Downstream &downstream)
{
    QByteArray out;
    JsonWriter(out).beginObject().member("version", ollamaVersion).endObject();
    replyJson(downstream, ok, out);
}

void ollamaRunning(relay::Downstream &downstream)
{
    replyJson(downstream, ok, R"({"models":[]})");
}

} // namespace freerelay::gateway
