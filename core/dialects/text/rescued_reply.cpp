#include "rescued_reply.h"

#include "core/dialects/json.h"
#include "core/dialects/json_writer.h"
#include "core/dialects/text/printed_calls.h"

namespace freerelay::dialects {

QByteArray
rescuedReply(const JsonValue &error, const QByteArrayList &tools, const QByteArray &idStem)
{
    const JsonValue words = error["error"];
    if (!words["code"].equals("tool_use_failed")) {
        return {};
    }
    const PrintedCalls printed = readPrintedCalls(words["failed_generation"].string(), tools);
    if (printed.calls.empty()) {
        return {};
    }
    QByteArray reply;
    JsonWriter json(reply);
    json.beginObject().key("choices").beginArray().beginObject().key("index").integer(0);
    json.key("message").beginObject().member("role", "assistant").key("content");
    printed.before.isEmpty() ? json.null() : json.string(printed.before);
    json.rawMember("tool_calls", toolCallsJson(printed.calls, idStem, CallForm::Message))
        .endObject();
    json.member("finish_reason", "tool_calls").endObject().endArray().endObject();
    return reply;
}

QByteArray
rescuedReply(const QByteArray &error, const QByteArrayList &tools, const QByteArray &idStem)
{
    const common::Result<JsonValue> root = parseJson(error);
    return root ? rescuedReply(*root, tools, idStem) : QByteArray();
}

} // namespace freerelay::dialects
