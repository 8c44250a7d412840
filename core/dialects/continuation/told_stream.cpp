#include "told_stream.h"

#include "core/dialects/json_value.h"
#include "core/dialects/sse_decoder.h"

namespace freerelay::dialects {

namespace {

bool saysMoreThanText(JsonValue delta)
{
    for (const QByteArrayView member : {"tool_calls", "function_call", "audio"}) {
        const JsonValue value = delta[member];
        if (!value.isAbsent() && !value.isEmptyContainer()) {
            return true;
        }
    }
    return !delta["refusal"].rawString().isEmpty();
}

void readChoice(JsonValue choice, ToldStream &told)
{
    const JsonValue delta = choice["delta"];
    told.plain = told.plain && choice["index"].integer().value_or(0) == 0
        && !saysMoreThanText(delta);
    told.text += delta["content"].string();
}

} // namespace

ToldStream readToldStream(QByteArrayView sse)
{
    ToldStream told;
    SseDecoder decoder(sse.size() + 1);
    decoder.append(sse);
    decoder.close();
    while (const auto event = decoder.next()) {
        const JsonValue chunk(event->data.trimmed());
        if (!chunk.isObject()) {
            continue; // [DONE]
        }
        if (told.id.isEmpty()) {
            told.id = chunk["id"].text().toByteArray();
            told.created = chunk["created"].text().toByteArray();
        }
        for (const JsonValue choice : chunk["choices"].elements()) {
            readChoice(choice, told);
        }
    }
    return told;
}

} // namespace freerelay::dialects
