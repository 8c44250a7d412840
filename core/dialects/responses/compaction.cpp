#include "compaction.h"

#include "core/dialects/json_writer.h"

#include <QByteArrayList>
#include <QString>

namespace freerelay::dialects {

namespace {

constexpr QByteArrayView mark = "frc1.";
constexpr auto encoding = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;
constexpr qsizetype mostKept = 80'000; ///< bytes

bool isOfUser(const JsonValue &item)
{
    const JsonValue type = item["type"];
    return item["role"].equals("user") && (type.isAbsent() || type.equals("message"));
}

QByteArray userMessage(const JsonValue &content)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().member("type", "message").member("role", "user").key("content");
    if (content.isArray()) {
        json.raw(content.text());
    } else {
        json.beginArray().beginObject().member("type", "input_text");
        json.rawMember("text", content.isString() ? content.text() : "\"\"").endObject().endArray();
    }
    json.endObject();
    return out;
}

} // namespace

QByteArray compactionPrompt()
{
    return "This conversation is about to be made shorter: what you write now will stand in its "
           "place, beside the user's own messages. Write down, for whoever goes on with it: what "
           "the user wants; what has been done and found out, and what was decided and why; the "
           "files, commands, names and numbers that matter; what is unfinished, and what comes "
           "next. Write only that. Do not greet and do not call tools.";
}

QByteArray userMessagesIn(const JsonValue &input)
{
    if (input.isString()) {
        const QByteArray only = userMessage(input);
        return only.size() <= mostKept ? only : QByteArray();
    }
    QByteArrayList messages;
    qsizetype bytes = 0;
    for (const JsonValue &item : input.elements()) {
        if (isOfUser(item)) {
            messages.append(userMessage(item["content"]));
            bytes += messages.last().size();
        }
    }
    while (bytes > mostKept) {
        bytes -= messages.takeFirst().size();
    }
    return messages.join(',');
}

QByteArray sealSummary(const QByteArray &summary)
{
    return mark.toByteArray() + summary.toBase64(encoding);
}

std::optional<QByteArray> openSummary(const QByteArray &encryptedContent)
{
    if (!encryptedContent.startsWith(mark)) {
        return std::nullopt;
    }
    const auto decoded = QByteArray::fromBase64Encoding(
        encryptedContent.sliced(mark.size()), encoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded || !QByteArrayView(*decoded).isValidUtf8()) {
        return std::nullopt;
    }
    return "What has happened in this conversation so far:\n\n" + *decoded;
}

} // namespace freerelay::dialects
