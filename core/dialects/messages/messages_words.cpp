#include "messages_words.h"

#include <algorithm>

namespace freerelay::dialects {

namespace {

constexpr std::int64_t bytesPerToken = 4; ///< as RequestNeeds counts

} // namespace

QByteArrayView messagesStopReason(FinishReason reason)
{
    switch (reason) {
    case FinishReason::Length:
        return "max_tokens";
    case FinishReason::ToolCalls:
        return "tool_use";
    case FinishReason::ContentFilter:
        return "refusal";
    case FinishReason::Stop:
        break;
    }
    return "end_turn";
}

void writeMessagesStop(JsonWriter &json, const Finish &finish)
{
    if (finish.reason == FinishReason::Stop && !finish.stopSequence.isEmpty()) {
        json.member("stop_reason", "stop_sequence").member("stop_sequence", finish.stopSequence);
    } else {
        json.member("stop_reason", messagesStopReason(finish.reason)).key("stop_sequence").null();
    }
}

QByteArray messagesId(const QByteArray &requestId)
{
    return "msg_" + requestId.sliced(requestId.indexOf('_') + 1);
}

void writeMessagesUsage(JsonWriter &json, const Usage &usage, const CountedHere &here)
{
    const std::int64_t cached = usage.cachedTokens.value_or(0);
    const std::int64_t input = usage.promptTokens
        ? std::max<std::int64_t>(*usage.promptTokens - cached, 0)
        : here.prompt;
    json.beginObject().key("input_tokens").integer(input);
    json.key("cache_creation_input_tokens").integer(0);
    json.key("cache_read_input_tokens").integer(cached);
    json.key("output_tokens")
        .integer(usage.completionTokens.value_or(here.outputBytes / bytesPerToken));
    json.endObject();
}

} // namespace freerelay::dialects
