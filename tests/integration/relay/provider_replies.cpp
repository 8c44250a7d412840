#include "tests/integration/relay/provider_replies.h"

namespace freerelay::tests {

using catalog::Wire;

namespace {

QByteArray openAiChunk(const QByteArray &delta, const QByteArray &finishReason = "null")
{
    return R"(data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m-1",)"
           R"("choices":[{"index":0,"delta":)"
        + delta + R"(,"finish_reason":)" + finishReason + "}]}";
}

QByteArrayList openAiEvents(const QByteArrayList &words)
{
    QByteArrayList events{openAiChunk(R"({"role":"assistant","content":""})")};
    for (const QByteArray &word : words) {
        events.append(openAiChunk(R"({"content":")" + word + R"("})"));
    }
    events.append(openAiChunk("{}", R"("stop")"));
    events.append(
        R"(data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m-1",)"
        R"("choices":[],"usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}})");
    events.append("data: [DONE]");
    return events;
}

QByteArray anthropicEvent(const QByteArray &type, const QByteArray &rest)
{
    return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + rest + "}";
}

QByteArrayList anthropicEvents(const QByteArrayList &words)
{
    QByteArrayList events{
        anthropicEvent(
            "message_start",
            R"(,"message":{"id":"msg_1","type":"message","role":"assistant","model":"m-1",)"
            R"("content":[],"stop_reason":null,"usage":{"input_tokens":3,"output_tokens":1}})"),
        anthropicEvent(
            "content_block_start", R"(,"index":0,"content_block":{"type":"text","text":""})"),
        anthropicEvent("ping", "")};
    for (const QByteArray &word : words) {
        events.append(anthropicEvent(
            "content_block_delta",
            R"(,"index":0,"delta":{"type":"text_delta","text":")" + word + R"("})"));
    }
    events.append(anthropicEvent("content_block_stop", R"(,"index":0)"));
    events.append(anthropicEvent(
        "message_delta", R"(,"delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5})"));
    events.append(anthropicEvent("message_stop", ""));
    return events;
}

QByteArrayList geminiEvents(const QByteArrayList &words)
{
    QByteArrayList events;
    for (const QByteArray &word : words) {
        events.append(
            R"(data: {"candidates":[{"content":{"parts":[{"text":")" + word
            + R"("}],"role":"model"},"index":0}],"modelVersion":"m-1"})");
    }
    events.append(
        R"(data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"index":0,)"
        R"("finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":5,)"
        R"("totalTokenCount":8},"modelVersion":"m-1"})");
    return events;
}

/// Google's word for a status.
QByteArray googleStatus(int status)
{
    switch (status) {
    case 400:
        return "INVALID_ARGUMENT";
    case 401:
        return "UNAUTHENTICATED";
    case 403:
        return "PERMISSION_DENIED";
    case 404:
        return "NOT_FOUND";
    case 429:
        return "RESOURCE_EXHAUSTED";
    default:
        return "UNAVAILABLE";
    }
}

QByteArray anthropicType(int status)
{
    switch (status) {
    case 400:
        return "invalid_request_error";
    case 401:
        return "authentication_error";
    case 403:
        return "permission_error";
    case 404:
        return "not_found_error";
    case 429:
        return "rate_limit_error";
    default:
        return "overloaded_error";
    }
}

} // namespace

QByteArray ProviderReplies::whole(const QByteArray &text) const
{
    switch (m_wire) {
    case Wire::AnthropicMessages:
        return R"({"id":"msg_1","type":"message","role":"assistant","model":"m-1","content":)"
               R"([{"type":"text","text":")"
            + text
            + R"("}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":5}})";
    case Wire::GoogleGenerateContent:
        return R"({"candidates":[{"content":{"parts":[{"text":")" + text
            + R"("}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":)"
              R"({"promptTokenCount":3,"candidatesTokenCount":5},"modelVersion":"m-1"})";
    default:
        return R"({"id":"c","object":"chat.completion","created":1,"model":"m-1","choices":)"
               R"([{"index":0,"message":{"role":"assistant","content":")"
            + text
            + R"("},"finish_reason":"stop"}],"usage":)"
              R"({"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}})";
    }
}

QByteArrayList ProviderReplies::events(const QByteArrayList &words) const
{
    switch (m_wire) {
    case Wire::AnthropicMessages:
        return anthropicEvents(words);
    case Wire::GoogleGenerateContent:
        return geminiEvents(words);
    default:
        return openAiEvents(words);
    }
}

FakeReply ProviderReplies::answer(bool stream, const QByteArrayList &words) const
{
    return stream ? FakeReply::sse(events(words)) : FakeReply::json(whole(words.join()));
}

int ProviderReplies::chunksBeforeWords() const
{
    switch (m_wire) {
    case Wire::AnthropicMessages:
        return 3;
    case Wire::GoogleGenerateContent:
        return 0;
    default:
        return 1;
    }
}

FakeReply ProviderReplies::error(int status, const QByteArray &message) const
{
    const QByteArray quoted = '"' + message + '"';
    switch (m_wire) {
    case Wire::AnthropicMessages:
        return FakeReply::json(
            R"({"type":"error","error":{"type":")" + anthropicType(status) + R"(","message":)"
                + quoted + "}}",
            status);
    case Wire::GoogleGenerateContent:
        return FakeReply::json(
            R"({"error":{"code":)" + QByteArray::number(status) + R"(,"message":)" + quoted
                + R"(,"status":")" + googleStatus(status) + R"("}})",
            status);
    default:
        return FakeReply::json(
            R"({"error":{"message":)" + quoted + R"(,"type":"error","param":null,"code":null}})",
            status);
    }
}

} // namespace freerelay::tests
