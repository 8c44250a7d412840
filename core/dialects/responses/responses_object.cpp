#include "responses_object.h"

#include "core/dialects/responses/compaction.h"

namespace freerelay::dialects {

namespace {

constexpr std::int64_t bytesPerToken = 4; ///< as RequestNeeds counts

QByteArrayView stateWord(ResponseItem::State state)
{
    switch (state) {
    case ResponseItem::State::Completed:
        return "completed";
    case ResponseItem::State::Incomplete:
        return "incomplete";
    case ResponseItem::State::InProgress:
        break;
    }
    return "in_progress";
}

void writeMessage(JsonWriter &json, const ResponseItem &item)
{
    json.beginObject().member("id", item.id).member("type", "message");
    json.member("status", stateWord(item.state)).member("role", "assistant");
    json.key("content").beginArray();
    if (item.state != ResponseItem::State::InProgress) {
        writeTextPart(json, item.text);
    }
    json.endArray().endObject();
}

void writeReasoning(JsonWriter &json, const ResponseItem &item)
{
    const bool isOver = item.state != ResponseItem::State::InProgress;
    json.beginObject().member("id", item.id).member("type", "reasoning");
    json.key("summary").beginArray();
    if (isOver && !item.text.isEmpty()) {
        json.beginObject().member("type", "summary_text").member("text", item.text).endObject();
    }
    json.endArray();
    if (isOver && !item.seal.isEmpty()) {
        json.member("encrypted_content", item.seal.sealed());
    }
    json.endObject();
}

QByteArrayView callWord(ToolKind kind)
{
    switch (kind) {
    case ToolKind::Custom:
        return "custom_tool_call";
    case ToolKind::LocalShell:
        return "local_shell_call";
    case ToolKind::Shell:
        return "shell_call";
    case ToolKind::ApplyPatch:
        return "apply_patch_call";
    case ToolKind::Function:
        break;
    }
    return "function_call";
}

/// `status` of a patch knows no "incomplete".
QByteArrayView callState(const ResponseItem &item)
{
    const bool isPatch = item.tool.kind == ToolKind::ApplyPatch;
    return isPatch && item.state == ResponseItem::State::Incomplete ? QByteArrayView("completed")
                                                                    : stateWord(item.state);
}

void writeCall(JsonWriter &json, const ResponseItem &item)
{
    const ToolKind kind = item.tool.kind;
    const bool isOver = item.state != ResponseItem::State::InProgress;
    const QByteArray arguments = isOver ? item.arguments : QByteArray();
    json.beginObject().member("id", item.id).member("type", callWord(kind));
    json.member("call_id", item.callId);
    if (kind == ToolKind::Function || kind == ToolKind::Custom) {
        json.member("name", item.tool.name);
        if (!item.tool.space.isEmpty()) {
            json.member("namespace", item.tool.space);
        }
    }
    if (kind == ToolKind::Function) {
        json.member("arguments", arguments);
    } else if (kind == ToolKind::Custom) {
        json.member("input", customInput(arguments));
    } else {
        writeCallMembers(json, kind, arguments);
    }
    json.member("status", callState(item)).endObject();
}

void writeDetails(JsonWriter &json, const ResponseFacts &facts)
{
    json.key("error");
    if (facts.errorCode.isEmpty()) {
        json.null();
    } else {
        json.beginObject().member("code", facts.errorCode);
        json.member("message", facts.errorMessage).endObject();
    }
    json.key("incomplete_details");
    if (facts.incompleteReason.isEmpty()) {
        json.null();
    } else {
        json.beginObject().member("reason", facts.incompleteReason).endObject();
    }
}

} // namespace

QByteArray responseId(const QByteArray &requestId)
{
    return "resp_" + requestId.sliced(requestId.indexOf('_') + 1);
}

QByteArray itemId(QByteArrayView prefix, const QByteArray &requestId, qsizetype index)
{
    return prefix.toByteArray() + '_' + requestId.sliced(requestId.indexOf('_') + 1) + '_'
        + QByteArray::number(index);
}

void writeTextPart(JsonWriter &json, const QByteArray &text)
{
    json.beginObject().member("type", "output_text").member("text", text);
    json.rawMember("annotations", "[]").rawMember("logprobs", "[]").endObject();
}

void writeItem(JsonWriter &json, const ResponseItem &item)
{
    switch (item.kind) {
    case ResponseItem::Kind::Message:
        writeMessage(json, item);
        break;
    case ResponseItem::Kind::Reasoning:
        writeReasoning(json, item);
        break;
    case ResponseItem::Kind::Call:
        writeCall(json, item);
        break;
    case ResponseItem::Kind::Compaction:
        json.beginObject().member("id", item.id).member("type", "compaction");
        json.member("encrypted_content", sealSummary(item.text)).endObject();
        break;
    }
}

void writeResponse(
    JsonWriter &json,
    const ResponseFacts &facts,
    const std::vector<ResponseItem> &items,
    const ResponsesTerms *terms)
{
    json.beginObject().member("id", facts.id).member("object", "response");
    json.key("created_at").integer(facts.createdUnix).member("status", facts.status);
    json.key("completed_at");
    facts.completedUnix == 0 ? json.null() : json.integer(facts.completedUnix);
    writeDetails(json, facts);
    json.member("model", facts.model).key("output").beginArray();
    for (const ResponseItem &item : items) {
        writeItem(json, item);
    }
    json.endArray();
    for (const auto &[name, value] : terms != nullptr ? terms->echo : defaultEcho()) {
        json.rawMember(name, value);
    }
    if (!facts.usage.isEmpty()) {
        json.rawMember("usage", facts.usage);
    }
    json.endObject();
}

QByteArray responseUsage(const Usage &usage, std::int64_t promptTokens, std::int64_t outputBytes)
{
    const std::int64_t input = usage.promptTokens.value_or(promptTokens);
    const std::int64_t output = usage.completionTokens.value_or(outputBytes / bytesPerToken);
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().key("input_tokens").integer(input);
    json.key("input_tokens_details").beginObject();
    json.key("cached_tokens").integer(usage.cachedTokens.value_or(0));
    json.key("cache_write_tokens").integer(0).endObject();
    json.key("output_tokens").integer(output).key("output_tokens_details").beginObject();
    json.key("reasoning_tokens").integer(usage.reasoningTokens.value_or(0)).endObject();
    json.key("total_tokens").integer(input + output).endObject();
    return out;
}

const std::vector<std::pair<QByteArray, QByteArray>> &defaultEcho()
{
    static const std::vector<std::pair<QByteArray, QByteArray>> members{
        {"background", "false"},
        {"instructions", "null"},
        {"max_output_tokens", "null"},
        {"max_tool_calls", "null"},
        {"metadata", "{}"},
        {"parallel_tool_calls", "true"},
        {"previous_response_id", "null"},
        {"prompt_cache_key", "null"},
        {"reasoning", R"({"effort":null,"summary":null})"},
        {"safety_identifier", "null"},
        {"service_tier", R"("default")"},
        {"store", "true"},
        {"temperature", "1"},
        {"text", R"({"format":{"type":"text"},"verbosity":"medium"})"},
        {"tool_choice", R"("auto")"},
        {"tools", "[]"},
        {"top_logprobs", "0"},
        {"top_p", "1"},
        {"truncation", R"("disabled")"},
    };
    return members;
}

} // namespace freerelay::dialects
