#include "openai_reply_parts.h"

namespace freerelay::dialects {

QByteArrayView toOpenAi(FinishReason reason)
{
    switch (reason) {
    case FinishReason::Stop:
        return "stop";
    case FinishReason::Length:
        return "length";
    case FinishReason::ToolCalls:
        return "tool_calls";
    case FinishReason::ContentFilter:
        return "content_filter";
    }
    return "stop";
}

QByteArray openAiUsage(const Usage &usage)
{
    QByteArray out;
    if (!usage.promptTokens || !usage.completionTokens) {
        return out;
    }
    JsonWriter json(out);
    json.beginObject();
    json.key("prompt_tokens").integer(*usage.promptTokens);
    json.key("completion_tokens").integer(*usage.completionTokens);
    json.key("total_tokens").integer(*usage.promptTokens + *usage.completionTokens);
    if (usage.cachedTokens) {
        json.key("prompt_tokens_details").beginObject();
        json.key("cached_tokens").integer(*usage.cachedTokens).endObject();
    }
    if (usage.reasoningTokens) {
        json.key("completion_tokens_details").beginObject();
        json.key("reasoning_tokens").integer(*usage.reasoningTokens).endObject();
    }
    json.endObject();
    return out;
}

void writeFinish(JsonWriter &json, const Finish &finish)
{
    json.member("finish_reason", toOpenAi(finish.reason));
    if (!finish.stopSequence.isEmpty()) {
        json.member("stop_reason", finish.stopSequence);
    }
}

void writeToolCall(JsonWriter &json, const ToolUseBlock &call, int index)
{
    json.beginObject();
    if (index >= 0) {
        json.key("index").integer(index);
    }
    json.member("id", call.id).member("type", "function");
    json.key("function").beginObject();
    json.member("name", call.name).member("arguments", call.arguments).endObject();
    if (!call.signature.isEmpty()) {
        json.key("extra_content").beginObject().key("google").beginObject();
        json.member("thought_signature", call.signature).endObject().endObject();
    }
    json.endObject();
}

void writeThinkingDetail(JsonWriter &json, const ThinkingBlock &block, int index)
{
    json.beginObject().member("type", "reasoning.text").member("text", block.text);
    if (!block.signature.isEmpty()) {
        json.member("signature", block.signature).member("format", block.format);
    }
    json.key("index").integer(index).endObject();
}

void writeRedactedDetail(JsonWriter &json, const RedactedThinkingBlock &block, int index)
{
    json.beginObject().member("type", "reasoning.encrypted").member("data", block.data);
    json.member("format", block.format).key("index").integer(index).endObject();
}

QByteArray clientId(const QByteArray &providerId, const ReplyContext &context)
{
    return providerId.isEmpty() ? "chatcmpl-" + context.requestId : providerId;
}

QByteArray clientModel(const QByteArray &providerModel, const ReplyContext &context)
{
    return providerModel.isEmpty() ? context.model : providerModel;
}

} // namespace freerelay::dialects
