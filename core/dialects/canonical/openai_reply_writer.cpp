#include "openai_reply_writer.h"

#include "core/dialects/canonical/openai_reply_parts.h"

namespace freerelay::dialects {

namespace {

/// What a message consists of, sorted by where OpenAI wants it.
struct MessageParts
{
    QByteArray text;
    QByteArray thinking;
    QByteArray details; ///< elements of reasoning_details
    QByteArray calls; ///< elements of tool_calls
};

MessageParts partsOf(const ReplyChoice &choice)
{
    MessageParts parts;
    JsonWriter details(parts.details);
    JsonWriter calls(parts.calls);
    int index = 0;
    for (const ContentBlock &block : choice.blocks) {
        if (const auto *text = std::get_if<TextBlock>(&block.value)) {
            parts.text.append(text->text);
        } else if (const auto *thinking = std::get_if<ThinkingBlock>(&block.value)) {
            parts.thinking.append(thinking->text);
            if (!thinking->signature.isEmpty()) {
                writeThinkingDetail(details, *thinking, index++);
            }
        } else if (const auto *redacted = std::get_if<RedactedThinkingBlock>(&block.value)) {
            writeRedactedDetail(details, *redacted, index++);
        } else if (const auto *call = std::get_if<ToolUseBlock>(&block.value)) {
            writeToolCall(calls, *call, -1);
        }
    }
    return parts;
}

void writeMessage(JsonWriter &json, const MessageParts &parts)
{
    json.beginObject().member("role", "assistant").key("content");
    if (parts.text.isEmpty() && !parts.calls.isEmpty()) {
        json.null();
    } else {
        json.string(parts.text);
    }
    json.key("refusal").null();
    if (!parts.thinking.isEmpty()) {
        json.member("reasoning_content", parts.thinking).member("reasoning", parts.thinking);
    }
    if (!parts.details.isEmpty()) {
        json.key("reasoning_details").beginArray().raw(parts.details).endArray();
    }
    if (!parts.calls.isEmpty()) {
        json.key("tool_calls").beginArray().raw(parts.calls).endArray();
    }
    json.endObject();
}

} // namespace

OpenAiReplyWriter::OpenAiReplyWriter(ReplyContext context)
    : m_context(std::move(context))
{ }

void OpenAiReplyWriter::write(const CanonicalEvent &event, QByteArray &)
{
    m_collector.add(event);
}

void OpenAiReplyWriter::finish(QByteArray &out)
{
    const CanonicalReply &reply = m_collector.reply();
    JsonWriter json(out);
    json.beginObject().member("id", clientId(reply.id, m_context));
    json.member("object", "chat.completion").key("created").integer(m_context.createdUnix);
    json.member("model", clientModel(reply.model, m_context)).key("choices").beginArray();
    for (std::size_t i = 0; i < reply.choices.size(); ++i) {
        json.beginObject().key("index").integer(std::int64_t(i)).key("message");
        writeMessage(json, partsOf(reply.choices[i]));
        json.key("logprobs").null();
        writeFinish(json, reply.choices[i].finish);
        json.endObject();
    }
    json.endArray();
    const QByteArray usage = openAiUsage(reply.usage);
    if (!usage.isNull()) {
        json.rawMember("usage", usage);
    }
    json.endObject();
}

} // namespace freerelay::dialects
