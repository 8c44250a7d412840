#include "fill_in_prompt.h"

#include <QStringBuilder>

namespace freerelay::dialects {

namespace {

// Named marks keep chat models from answering the text (ours).
constexpr QByteArrayView instruction(
    "A text has a gap. You are given what stands before the gap and what stands behind it. "
    "Answer with exactly what belongs into the gap and with nothing else: no repetition of what "
    "stands around it, no explanation, no code fence.");

} // namespace

void writeFillIn(
    JsonWriter &json, const QByteArray &prompt, const QByteArray &suffix, QByteArrayView system)
{
    json.key("fill_in").beginObject().member("prompt", prompt).member("suffix", suffix).endObject();
    json.key("messages").beginArray();
    if (!system.isEmpty()) {
        json.beginObject().member("role", "system").rawMember("content", system).endObject();
    }
    json.beginObject().member("role", "system").member("content", instruction).endObject();
    const QByteArray around = "<before>" + prompt + "</before>\n<behind>" + suffix + "</behind>";
    json.beginObject().member("role", "user").member("content", around).endObject();
    json.endArray();
}

} // namespace freerelay::dialects
