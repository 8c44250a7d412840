#include "core/dialects/openai_chat.h"
#include "core/dialects/sse_encoder.h"

namespace freerelay::dialects {

namespace {

void appendMember(QByteArray &out, QByteArrayView key, QByteArrayView value)
{
    out.append(",\"").append(key).append("\":");
    if (value.isEmpty()) {
        out.append("null");
    } else {
        appendJsonString(out, value);
    }
}

} // namespace

QByteArray openAiError(
    QByteArrayView message,
    QByteArrayView type,
    QByteArrayView param,
    QByteArrayView code,
    QByteArrayView candidatesJson)
{
    QByteArray out;
    out.reserve(message.size() + 96);
    out.append("{\"error\":{\"message\":");
    appendJsonString(out, message);
    out.append(",\"type\":");
    appendJsonString(out, type);
    appendMember(out, "param", param);
    appendMember(out, "code", code);
    if (!candidatesJson.isEmpty()) {
        out.append(",\"candidates\":").append(candidatesJson);
    }
    out.append("}}");
    return out;
}

QByteArray openAiStreamError(QByteArrayView message, QByteArrayView type, QByteArrayView code)
{
    QByteArray out;
    appendSseEvent(out, openAiError(message, type, {}, code));
    return out;
}

} // namespace freerelay::dialects
