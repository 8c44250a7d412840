#include "fill_in_address.h"

#include "core/catalog/endpoint.h"
#include "core/catalog/name_rules.h"
#include "core/dialects/embeddings/openai_address.h"
#include "core/dialects/json_value.h"
#include "core/dialects/json_writer.h"

#include <algorithm>
#include <array>

namespace freerelay::dialects {

namespace {

/// Members of the chat that mean the same there.
constexpr std::array<QByteArrayView, 7> shared{
    "max_tokens", "temperature", "top_p", "stop", "seed", "stream", "stream_options"};

QByteArray nameAt(const catalog::Provider &provider, QByteArrayView member)
{
    const auto &renames = provider.rules.rename;
    const auto renamed = std::find_if(
        renames.begin(), renames.end(), [&](const auto &pair) { return pair.first == member; });
    return renamed == renames.end() ? member.toByteArray() : renamed->second;
}

QByteArray
bodyOf(const JsonValue &chat, const catalog::Provider &provider, const catalog::Model &model)
{
    const JsonValue gap = chat["fill_in"];
    QByteArray body;
    JsonWriter json(body);
    json.beginObject().member("model", model.name);
    json.rawMember("prompt", gap["prompt"].text()).rawMember("suffix", gap["suffix"].text());
    for (const QByteArrayView member : shared) {
        const JsonValue value = chat[member];
        const bool isRefused = catalog::refuses(provider, model, member)
            || (member == "stream_options" && !provider.rules.streamOptions);
        if (!value.isAbsent() && !isRefused) {
            json.rawMember(nameAt(provider, member), value.text());
        }
    }
    json.endObject();
    return body;
}

} // namespace

std::optional<EncodedRequest> encodeFillIn(
    const ChatRequest &request, const catalog::Provider &provider, const catalog::Model &model)
{
    const auto &rules = provider.rules.fillIn;
    const auto found = std::find_if(
        rules.begin(), rules.end(), [&](const catalog::FillInRule &rule) {
            return catalog::matchesPattern(rule.pattern, model.name);
        });
    const QByteArray path = found == rules.end() ? QByteArray() : openAiPath(provider, found->path);
    if (path.isEmpty()) {
        return std::nullopt;
    }
    EncodedRequest encoded;
    encoded.path = path;
    encoded.headers.add("content-type", "application/json");
    encoded.headers.add("accept", request.stream ? "text/event-stream" : "application/json");
    encoded.body = bodyOf(JsonValue(QByteArrayView(request.body).trimmed()), provider, model);
    encoded.textReply = found->textReply;
    return encoded;
}

} // namespace freerelay::dialects
