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

struct FillInAddress
{
    QByteArrayView provider; ///< id
    QByteArrayView model; ///< name pattern
    QByteArrayView address; ///< in the place of "/chat/completions"
    bool textReply; ///< text_completion, not a chat completion
};

/// Sources: docs.mistral.ai "Code generation" (fim), api-docs.deepseek.com "FIM completion (beta)",
/// ollama/ollama openai/openai.go (CompletionRequest.Suffix) for models whose template has a
/// suffix.
constexpr std::array<FillInAddress, 8> addresses{{
    {"mistral", "codestral*", "/fim/completions", false},
    {"deepseek", "deepseek-chat", "/beta/completions", true},
    {"ollama", "qwen2.5-coder*", "/completions", true},
    {"ollama", "deepseek-coder-v2*", "/completions", true},
    {"ollama", "codestral*", "/completions", true},
    {"ollama", "starcoder2*", "/completions", true},
    {"ollama", "codellama*code*", "/completions", true},
    {"ollama", "codegemma*code*", "/completions", true},
}};

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
    const auto *const found = std::find_if(
        addresses.begin(), addresses.end(), [&](const FillInAddress &one) {
            return one.provider == provider.id && catalog::matchesPattern(one.model, model.name);
        });
    const QByteArray path = found == addresses.end() ? QByteArray()
                                                     : openAiPath(provider, found->address);
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
