#include "messages_route.h"

#include "core/dialects/json_writer.h"
#include "core/dialects/messages/messages_dialect.h"

#include <QDateTime>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

common::HeaderList jsonHeaders()
{
    return {{"content-type"_ba, "application/json"_ba}};
}

void writeModel(dialects::JsonWriter &json, const relay::ListedModel &model)
{
    const QDateTime created = QDateTime::fromSecsSinceEpoch(model.createdUnix, Qt::UTC);
    json.beginObject().member("type", "model").member("id", model.id);
    json.member("display_name", model.id);
    json.member("created_at", created.toString(Qt::ISODate).toUtf8()).endObject();
}

} // namespace

const dialects::ClientDialect &messagesDialect()
{
    static const dialects::MessagesDialect dialect;
    return dialect;
}

void welcome(relay::Downstream &downstream)
{
    constexpr int ok = 200;
    downstream.reply(
        ok,
        jsonHeaders(),
        R"({"name":"FreeRelay","api":["/v1/chat/completions","/v1/completions","/v1/embeddings","/v1/moderations","/v1/messages","/v1/responses","/v1beta/models","/api/chat","/api/generate","/v1/models"],"health":"/health"})");
}

QByteArray messagesModelList(const std::vector<relay::ListedModel> &models)
{
    QByteArray out;
    dialects::JsonWriter json(out);
    json.beginObject().key("data").beginArray();
    for (const relay::ListedModel &model : models) {
        writeModel(json, model);
    }
    json.endArray().key("has_more").boolean(false);
    json.key("first_id");
    models.empty() ? json.null() : json.string(models.front().id);
    json.key("last_id");
    models.empty() ? json.null() : json.string(models.back().id);
    json.endObject();
    return out;
}

QByteArray messagesModel(const relay::ListedModel &model)
{
    QByteArray out;
    dialects::JsonWriter json(out);
    writeModel(json, model);
    return out;
}

} // namespace freerelay::gateway
