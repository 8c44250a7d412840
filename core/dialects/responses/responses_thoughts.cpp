#include "responses_thoughts.h"

#include "core/dialects/json.h"

namespace freerelay::dialects {

namespace {

constexpr QByteArrayView mark = "frt1.";
constexpr auto encoding = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;

} // namespace

JsonWriter ThoughtSeal::next()
{
    if (!m_entries.isEmpty()) {
        m_entries += ',';
    }
    return JsonWriter(m_entries);
}

void ThoughtSeal::addText(const QByteArray &text, const ThinkingSignature &end)
{
    JsonWriter json = next();
    json.beginObject().member("type", "reasoning.text").member("text", text);
    json.member("signature", end.signature).member("format", end.format).endObject();
}

void ThoughtSeal::addRedacted(const RedactedThinking &redacted)
{
    JsonWriter json = next();
    json.beginObject().member("type", "reasoning.encrypted").member("data", redacted.data);
    json.member("format", redacted.format).endObject();
}

void ThoughtSeal::addCall(const QByteArray &callId, const QByteArray &signature)
{
    JsonWriter json = next();
    json.beginObject().member("type", "call").member("id", callId);
    json.member("signature", signature).endObject();
}

QByteArray ThoughtSeal::sealed() const
{
    return mark.toByteArray() + QByteArray('[' + m_entries + ']').toBase64(encoding);
}

std::optional<OpenedSeal> openSeal(const QByteArray &encryptedContent)
{
    if (!encryptedContent.startsWith(mark)) {
        return std::nullopt;
    }
    const auto decoded = QByteArray::fromBase64Encoding(
        encryptedContent.sliced(mark.size()), encoding | QByteArray::AbortOnBase64DecodingErrors);
    const QByteArray text = padded(*decoded);
    const auto root = parseJson(text);
    if (!decoded || !root || !root->isArray()) {
        return std::nullopt;
    }
    OpenedSeal opened;
    for (const JsonValue &entry : root->elements()) {
        if (entry["type"].equals("call")) {
            opened.callSignatures.insert(entry["id"].string(), entry["signature"].string());
        } else if (entry.isObject()) {
            opened.details += (opened.details.isEmpty() ? "" : ",") + entry.text().toByteArray();
        }
    }
    return opened;
}

} // namespace freerelay::dialects
