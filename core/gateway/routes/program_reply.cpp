#include "program_reply.h"

#include "core/dialects/json_writer.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

using dialects::JsonWriter;
using relay::RelayRequest;

constexpr char chunkObject[] = "chat.completion.chunk";

std::int64_t unixTime(common::WallTime time)
{
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

void begin(
    JsonWriter &json, const RelayRequest &asked, common::WallTime time, QByteArrayView object)
{
    json.beginObject().member("id", asked.requestId).member("object", object);
    json.key("created").integer(unixTime(time)).member("model", asked.chat.model);
    json.key("choices").beginArray();
}

bool isKnown(const dialects::Usage &usage)
{
    return usage.promptTokens && usage.completionTokens;
}

/// What is not known is not told.
void writeUsage(JsonWriter &json, const dialects::Usage &usage)
{
    if (!isKnown(usage)) {
        return;
    }
    json.key("usage").beginObject().key("prompt_tokens").integer(*usage.promptTokens);
    json.key("completion_tokens").integer(*usage.completionTokens);
    json.key("total_tokens").integer(*usage.promptTokens + *usage.completionTokens);
    if (usage.cachedTokens) {
        json.key("prompt_tokens_details").beginObject();
        json.key("cached_tokens").integer(*usage.cachedTokens).endObject();
    }
    json.endObject();
}

/// @param text  null = it is the last one
QByteArray chunk(const RelayRequest &asked, common::WallTime time, const QByteArray &text)
{
    QByteArray out = "data: "_ba;
    JsonWriter json(out);
    begin(json, asked, time, chunkObject);
    json.beginObject().key("index").integer(0).key("delta").beginObject();
    if (!text.isNull()) {
        json.member("role", "assistant").member("content", text);
    }
    json.endObject().key("finish_reason");
    text.isNull() ? json.string("stop") : json.null();
    json.endObject().endArray().endObject();
    return out + "\n\n";
}

QByteArray
usageChunk(const RelayRequest &asked, common::WallTime time, const dialects::Usage &usage)
{
    QByteArray out = "data: "_ba;
    JsonWriter json(out);
    begin(json, asked, time, chunkObject);
    json.endArray();
    writeUsage(json, usage);
    json.endObject();
    return out + "\n\n";
}

} // namespace

common::HeaderList programHeaders(
    const RelayRequest &asked, const QByteArray &contentType, const QByteArrayList &ignored)
{
    common::HeaderList headers{
        {"content-type"_ba, contentType},
        {"cache-control"_ba, "no-store"_ba},
        {"x-freerelay-request-id"_ba, asked.requestId},
        {"x-freerelay-provider"_ba, "freerelay"_ba},
        {"x-freerelay-model"_ba, asked.chat.model},
        {"x-freerelay-attempts"_ba, "1"_ba}};
    if (!ignored.isEmpty()) {
        headers.add("x-freerelay-ignored"_ba, ignored.join(", "));
    }
    return headers;
}

QByteArray programPiece(const RelayRequest &asked, common::WallTime time, const QByteArray &text)
{
    return chunk(asked, time, text.isNull() ? ""_ba : text);
}

QByteArray
programEnd(const RelayRequest &asked, common::WallTime time, const dialects::Usage &usage)
{
    QByteArray out = chunk(asked, time, {});
    if (asked.chat.includeUsage && isKnown(usage)) {
        out += usageChunk(asked, time, usage);
    }
    return out + "data: [DONE]\n\n";
}

QByteArray programAnswer(
    const RelayRequest &asked,
    common::WallTime time,
    const QByteArray &text,
    const dialects::Usage &usage)
{
    QByteArray out;
    JsonWriter json(out);
    begin(json, asked, time, "chat.completion");
    json.beginObject().key("index").integer(0);
    json.key("message").beginObject().member("role", "assistant").member("content", text);
    json.endObject().member("finish_reason", "stop").endObject().endArray();
    writeUsage(json, usage);
    json.endObject();
    return out;
}

} // namespace freerelay::gateway
