#include "fill_in_prompt.h"

namespace freerelay::dialects {

namespace {

// Named marks keep chat models from answering the text (ours).
constexpr QByteArrayView instruction(
    "A text has a gap. You are given what stands before the gap and what stands behind it. "
    "Answer with exactly what belongs into the gap and with nothing else: no repetition of what "
    "stands around it, no explanation, no code fence.");

} // namespace

void writeFillInMessages(JsonWriter &json, QByteArrayView prefix, QByteArrayView suffix)
{
    json.beginObject().member("role", "system").member("content", instruction).endObject();
    const QByteArray around = "<before>" + prefix.toByteArray() + "</before>\n<behind>"
        + suffix.toByteArray() + "</behind>";
    json.beginObject().member("role", "user").member("content", around).endObject();
}

} // namespace freerelay::dialects
