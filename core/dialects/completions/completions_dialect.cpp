#include "completions_dialect.h"

#include "core/dialects/canonical/canonical_translator.h"
#include "core/dialects/canonical/chat_request_parts.h"
#include "core/dialects/completions/completions_writer.h"
#include "core/dialects/completions/fill_in_prompt.h"
#include "core/dialects/json.h"
#include "core/dialects/openai_chat.h"

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::dialects {

namespace {

/// Members that mean the same for a chat.
constexpr std::array<QByteArrayView, 12> shared{
    "model",
    "max_tokens",
    "temperature",
    "top_p",
    "n",
    "stop",
    "seed",
    "stream",
    "stream_options",
    "presence_penalty",
    "frequency_penalty",
    "user"};

/// The text of a prompt, also of a list with one. @return missing when it is none
JsonValue textOf(const JsonValue &prompt)
{
    if (prompt.isString()) {
        return prompt;
    }
    int count = 0;
    for (const JsonValue one : prompt.elements()) {
        count += one.isString() ? 1 : 2;
    }
    return count == 1 ? prompt.first() : JsonValue();
}

/// Without effect, and so not worth naming: null, false, 0, and the one of best_of and an empty
/// map.
bool saysNothing(const JsonMember &member)
{
    const JsonValue value = member.value;
    return value.isNull() || (value.isBool() && !value.isTrue()) || value.text() == "0"
        || value.isEmptyContainer() || (member.keyIs("best_of") && value.text() == "1");
}

/// OpenAI's word for each status (the types of its SDKs' errors).
QByteArrayView errorType(int status)
{
    switch (status) {
    case 401:
        return "authentication_error";
    case 403:
        return "permission_error";
    case 429:
        return "rate_limit_error";
    default:
        return status < 500 ? "invalid_request_error" : "server_error";
    }
}

} // namespace

common::Result<ClientRequest> CompletionsDialect::read(const ClientCall &call) const
{
    const auto root = parseJson(call.body);
    if (!root || !root->isObject()) {
        return common::failure(
            common::ErrorKind::InvalidArgument, u"The body of a request must be a JSON object."_s);
    }
    const JsonValue prompt = textOf((*root)["prompt"]);
    if (prompt.isMissing()) {
        return common::failure(invalidParameter(
            u"prompt"_s, u"one text is expected; lists of several, and tokens, are not taken"_s));
    }
    ClientRequest request;
    JsonWriter json(request.chat);
    json.beginObject();
    for (const JsonMember &member : root->members()) {
        const auto *const known = std::find_if(
            shared.begin(), shared.end(), [&](auto name) { return member.keyIs(name); });
        if (known != shared.end()) {
            json.rawMember(*known, member.value.text());
        } else if (!member.keyIs("prompt") && !member.keyIs("suffix") && !saysNothing(member)) {
            addIgnored(request.ignored, member.key());
        }
    }
    const QByteArray suffix = (*root)["suffix"].string();
    request.fillsIn = !suffix.isEmpty();
    if (request.fillsIn) {
        writeFillIn(json, prompt.string(), suffix, {});
    } else {
        json.key("messages").beginArray().beginObject().member("role", "user");
        json.rawMember("content", prompt.text()).endObject().endArray();
    }
    json.endObject();
    return request;
}

std::unique_ptr<ReplyTranslator>
CompletionsDialect::translator(const ClientReplyContext &context) const
{
    if (context.stream) {
        return fromOpenAiTranslator(std::make_unique<CompletionsStreamWriter>(context), true);
    }
    return fromOpenAiTranslator(std::make_unique<CompletionsReplyWriter>(context), false);
}

QByteArray CompletionsDialect::error(const ErrorWords &words) const
{
    return openAiError(words.message, errorType(words.status));
}

QByteArray CompletionsDialect::streamError(const ErrorWords &words) const
{
    return openAiStreamError(words.message, errorType(words.status));
}

} // namespace freerelay::dialects
