#include "messages_reply_writer.h"

#include "core/dialects/canonical/turns.h"
#include "core/dialects/messages/messages_words.h"

namespace freerelay::dialects {

namespace {

void writeBlock(JsonWriter &json, const ContentBlock &block, bool withThinking)
{
    if (const auto *text = std::get_if<TextBlock>(&block.value)) {
        json.beginObject().member("type", "text").member("text", text->text).endObject();
    } else if (const auto *use = std::get_if<ToolUseBlock>(&block.value)) {
        json.beginObject().member("type", "tool_use").member("id", use->id);
        json.member("name", use->name).rawMember("input", argumentsObject(use->arguments));
        json.endObject();
    } else if (const auto *thinking = std::get_if<ThinkingBlock>(&block.value)) {
        if (withThinking) {
            json.beginObject().member("type", "thinking").member("thinking", thinking->text);
            json.member("signature", thinking->signature).endObject();
        }
    } else if (const auto *redacted = std::get_if<RedactedThinkingBlock>(&block.value)) {
        if (withThinking) {
            json.beginObject().member("type", "redacted_thinking");
            json.member("data", redacted->data).endObject();
        }
    }
}

std::int64_t bytesOf(const ContentBlock &block)
{
    if (const auto *text = std::get_if<TextBlock>(&block.value)) {
        return text->text.size();
    }
    const auto *use = std::get_if<ToolUseBlock>(&block.value);
    return use != nullptr ? use->name.size() + use->arguments.size() : 0;
}

} // namespace

void MessagesReplyWriter::finish(QByteArray &out)
{
    const CanonicalReply &reply = m_collector.reply();
    const ReplyChoice choice = reply.choices.empty() ? ReplyChoice() : reply.choices.front();
    CountedHere here{m_context.promptTokensEstimated, 0};
    JsonWriter json(out);
    json.beginObject().member("id", messagesId(m_context.requestId)).member("type", "message");
    json.member("role", "assistant").member("model", reply.model).key("content").beginArray();
    for (const ContentBlock &block : choice.blocks) {
        writeBlock(json, block, m_context.thinking);
        here.outputBytes += bytesOf(block);
    }
    json.endArray();
    writeMessagesStop(json, choice.finish);
    json.key("usage");
    writeMessagesUsage(json, reply.usage, here);
    json.endObject();
}

} // namespace freerelay::dialects
