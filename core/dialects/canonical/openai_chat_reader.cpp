#include "openai_chat_reader.h"

#include "core/dialects/canonical/openai_message_reader.h"

#include <array>

namespace freerelay::dialects {

namespace {

using Handler = void (*)(CanonicalRequest &, const JsonValue &);

std::optional<JsonNumber> readNumber(const JsonValue &value)
{
    const std::optional<double> number = value.number();
    return number ? std::optional(JsonNumber{value.text().toByteArray(), *number}) : std::nullopt;
}

std::optional<bool> readBool(const JsonValue &value)
{
    return value.isBool() ? std::optional(value.isTrue()) : std::nullopt;
}

QByteArray objectText(const JsonValue &value)
{
    return value.isObject() ? value.text().toByteArray() : QByteArray();
}

void readMessages(CanonicalRequest &request, const JsonValue &value)
{
    request.system.clear();
    request.messages.clear();
    for (const JsonValue &message : value.elements()) {
        readOpenAiMessage(message, request);
    }
}

void readTools(CanonicalRequest &request, const JsonValue &value)
{
    request.tools.clear();
    for (const JsonValue &tool : value.elements()) {
        const JsonValue function = tool["function"];
        ToolDefinition definition;
        definition.name = function["name"].string();
        definition.description = function["description"].string();
        definition.schema = objectText(function["parameters"]);
        definition.strict = readBool(function["strict"]);
        definition.cacheControl = readCacheControl(tool);
        if (!definition.name.isEmpty()) {
            request.tools.push_back(std::move(definition));
        } else {
            request.extras.emplace_back("tools", tool.text().toByteArray());
        }
    }
}

ToolChoice::Mode modeOf(const JsonValue &word)
{
    if (word.equals("auto")) {
        return ToolChoice::Mode::Auto;
    }
    if (word.equals("required") || word.equals("any")) {
        return ToolChoice::Mode::Any;
    }
    return word.equals("none") ? ToolChoice::Mode::None : ToolChoice::Mode::Unset;
}

void readToolChoice(CanonicalRequest &request, const JsonValue &value)
{
    request.toolChoice = {};
    if (value.isString()) {
        request.toolChoice.mode = modeOf(value);
    } else if (value["type"].equals("allowed_tools")) {
        const JsonValue allowed = value["allowed_tools"];
        request.toolChoice.mode = modeOf(allowed["mode"]);
        for (const JsonValue &tool : allowed["tools"].elements()) {
            request.toolChoice.allowed.push_back(tool["function"]["name"].string());
        }
    } else {
        const QByteArray name = value["function"]["name"].string();
        if (!name.isEmpty()) {
            request.toolChoice = {ToolChoice::Mode::Named, name, {}};
        }
    }
}

void readStop(CanonicalRequest &request, const JsonValue &value)
{
    request.stop.clear();
    if (value.isString()) {
        request.stop.push_back(value.string());
    }
    for (const JsonValue &element : value.elements()) {
        request.stop.push_back(element.string());
    }
}

void readResponseFormat(CanonicalRequest &request, const JsonValue &value)
{
    ResponseFormat format;
    if (value["type"].equals("json_object")) {
        format.kind = ResponseFormat::Kind::JsonObject;
    } else if (value["type"].equals("json_schema")) {
        const JsonValue schema = value["json_schema"];
        format.schema = objectText(schema["schema"]);
        format.kind = format.schema.isEmpty() ? ResponseFormat::Kind::JsonObject
                                              : ResponseFormat::Kind::JsonSchema;
        format.name = schema["name"].string();
        format.description = schema["description"].string();
        format.strict = readBool(schema["strict"]);
    }
    request.responseFormat = std::move(format);
}

void readReasoningObject(CanonicalRequest &request, const JsonValue &value)
{
    if (request.reasoning.effort.isEmpty()) {
        request.reasoning.effort = value["effort"].string();
    }
    if (const std::optional<std::int64_t> budget = value["max_tokens"].integer()) {
        request.reasoning.budgetTokens = budget;
    }
}

/// Members that have a place of their own. `model`, `stream` and `stream_options` are known from
/// the ChatRequest; they stand here so that they are no extras.
Handler handlerFor(const JsonMember &member)
{
    static constexpr std::array<std::pair<QByteArrayView, Handler>, 25> handlers{{
        {"model", [](CanonicalRequest &, const JsonValue &) {}},
        {"stream", [](CanonicalRequest &, const JsonValue &) {}},
        {"stream_options", [](CanonicalRequest &, const JsonValue &) {}},
        {"messages", readMessages},
        {"tools", readTools},
        {"tool_choice", readToolChoice},
        {"parallel_tool_calls",
         [](CanonicalRequest &r, const JsonValue &v) { r.parallelToolCalls = readBool(v); }},
        {"temperature",
         [](CanonicalRequest &r, const JsonValue &v) { r.sampling.temperature = readNumber(v); }},
        {"top_p", [](CanonicalRequest &r, const JsonValue &v) { r.sampling.topP = readNumber(v); }},
        {"top_k", [](CanonicalRequest &r, const JsonValue &v) { r.sampling.topK = readNumber(v); }},
        {"frequency_penalty",
         [](CanonicalRequest &r, const JsonValue &v) {
             r.sampling.frequencyPenalty = readNumber(v);
         }},
        {"presence_penalty",
         [](CanonicalRequest &r, const JsonValue &v) {
             r.sampling.presencePenalty = readNumber(v);
         }},
        {"seed", [](CanonicalRequest &r, const JsonValue &v) { r.sampling.seed = readNumber(v); }},
        {"stop", readStop},
        {"max_tokens",
         [](CanonicalRequest &r, const JsonValue &v) {
             if (!r.maxTokens) {
                 r.maxTokens = v.integer();
             }
         }},
        {"max_completion_tokens",
         [](CanonicalRequest &r, const JsonValue &v) { r.maxTokens = v.integer(); }},
        {"n",
         [](CanonicalRequest &r, const JsonValue &v) { r.choices = int(v.integer().value_or(1)); }},
        {"response_format", readResponseFormat},
        {"reasoning_effort",
         [](CanonicalRequest &r, const JsonValue &v) { r.reasoning.effort = v.string(); }},
        {"reasoning", readReasoningObject},
        {"thinking",
         [](CanonicalRequest &r, const JsonValue &v) {
             r.reasoning.budgetTokens = v["budget_tokens"].integer();
         }},
        {"user", [](CanonicalRequest &r, const JsonValue &v) { r.user = v.string(); }},
        {"safety_identifier",
         [](CanonicalRequest &r, const JsonValue &v) {
             if (r.user.isEmpty()) {
                 r.user = v.string();
             }
         }},
        {"metadata", [](CanonicalRequest &r, const JsonValue &v) { r.metadata = objectText(v); }},
        {"cache_control",
         [](CanonicalRequest &r, const JsonValue &v) { r.cacheControl = objectText(v); }},
    }};
    for (const auto &[name, handler] : handlers) {
        if (member.keyIs(name)) {
            return handler;
        }
    }
    return nullptr;
}

} // namespace

CanonicalRequest readOpenAiChat(const ChatRequest &request)
{
    CanonicalRequest result;
    result.bytes = request.body.size();
    result.model = request.model;
    result.stream = request.stream;
    for (const JsonMember &member : request.root().members()) {
        if (member.value.isNull()) {
            continue;
        }
        if (const Handler handler = handlerFor(member)) {
            handler(result, member.value);
        } else {
            result.extras.emplace_back(member.key(), member.value.text().toByteArray());
        }
    }
    return result;
}

} // namespace freerelay::dialects
