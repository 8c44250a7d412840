#include "messages_stream_writer.h"

#include "core/dialects/sse_encoder.h"

#include <algorithm>

namespace freerelay::dialects {

MessagesStreamWriter::MessagesStreamWriter(ClientReplyContext context)
    : m_context(std::move(context))
    , m_here{m_context.promptTokensEstimated, 0}
{ }

void MessagesStreamWriter::write(const CanonicalEvent &event, QByteArray &out)
{
    if (event.choice != 0) {
        return; // the dialect cannot ask for more than one
    }
    if (const auto *begin = std::get_if<MessageStart>(&event.what)) {
        start(*begin, out);
    } else if (const auto *piece = std::get_if<TextDelta>(&event.what)) {
        text(piece->text, out);
    } else if (const auto *use = std::get_if<ToolStart>(&event.what)) {
        tool(*use, out);
    } else if (const auto *more = std::get_if<ToolArgumentsDelta>(&event.what)) {
        arguments(*more, out);
    } else if (const auto *end = std::get_if<Finish>(&event.what)) {
        m_finish = *end;
    } else if (const auto *report = std::get_if<UsageReport>(&event.what)) {
        m_usage = report->usage;
    } else if (m_context.thinking && !std::holds_alternative<ReplyFailure>(event.what)) {
        thinking(event, out);
    }
}

void MessagesStreamWriter::start(const MessageStart &start, QByteArray &out)
{
    if (m_started) {
        return;
    }
    m_started = true;
    QByteArray event;
    JsonWriter json(event);
    json.beginObject().member("type", "message_start").key("message").beginObject();
    json.member("id", messagesId(m_context.requestId)).member("type", "message");
    json.member("role", "assistant").member("model", start.model);
    json.key("content").beginArray().endArray().key("stop_reason").null();
    json.key("stop_sequence").null().key("usage");
    writeMessagesUsage(json, {}, m_here); // the real counts come with message_delta
    json.endObject().endObject();
    appendSseEvent(out, "message_start", event);
}

void MessagesStreamWriter::text(const QByteArray &piece, QByteArray &out)
{
    m_here.outputBytes += piece.size();
    if (m_open == Block::Tool) {
        m_heldText.append(piece);
        return;
    }
    if (m_open != Block::Text) {
        open(Block::Text, R"({"type":"text","text":""})", out);
    }
    delta("text_delta", "text", piece, out);
}

void MessagesStreamWriter::thinking(const CanonicalEvent &event, QByteArray &out)
{
    if (m_open == Block::Tool) {
        return; // a thought behind the calls belongs to no block any more
    }
    if (const auto *redacted = std::get_if<RedactedThinking>(&event.what)) {
        QByteArray block;
        JsonWriter(block)
            .beginObject()
            .member("type", "redacted_thinking")
            .member("data", redacted->data)
            .endObject();
        open(Block::Thinking, block, out);
        close(out);
        return;
    }
    if (m_open != Block::Thinking) {
        open(Block::Thinking, R"({"type":"thinking","thinking":"","signature":""})", out);
    }
    if (const auto *piece = std::get_if<ThinkingDelta>(&event.what)) {
        delta("thinking_delta", "thinking", piece->text, out);
    } else if (const auto *end = std::get_if<ThinkingSignature>(&event.what)) {
        delta("signature_delta", "signature", end->signature, out);
        close(out);
    }
}

void MessagesStreamWriter::tool(const ToolStart &start, QByteArray &out)
{
    if (m_open == Block::Tool) {
        m_heldTools.push_back({start, {}});
        return;
    }
    QByteArray block;
    JsonWriter json(block);
    json.beginObject().member("type", "tool_use").member("id", start.id);
    json.member("name", start.name).key("input").beginObject().endObject().endObject();
    open(Block::Tool, block, out);
    m_tool = start.index;
}

void MessagesStreamWriter::arguments(const ToolArgumentsDelta &piece, QByteArray &out)
{
    m_here.outputBytes += piece.json.size();
    if (m_open == Block::Tool && piece.index == m_tool) {
        delta("input_json_delta", "partial_json", piece.json, out);
        return;
    }
    const auto held = std::find_if(
        m_heldTools.begin(), m_heldTools.end(), [&piece](const HeldTool &tool) {
            return tool.start.index == piece.index;
        });
    if (held != m_heldTools.end()) {
        held->arguments.append(piece.json);
    }
}

void MessagesStreamWriter::writeHeld(QByteArray &out)
{
    close(out);
    for (const HeldTool &held : std::exchange(m_heldTools, {})) {
        tool(held.start, out);
        if (!held.arguments.isEmpty()) {
            delta("input_json_delta", "partial_json", held.arguments, out);
        }
        close(out);
    }
    if (!m_heldText.isEmpty()) {
        open(Block::Text, R"({"type":"text","text":""})", out);
        delta("text_delta", "text", m_heldText, out);
        close(out);
    }
}

void MessagesStreamWriter::open(Block block, QByteArrayView contentBlock, QByteArray &out)
{
    start({}, out);
    close(out);
    m_open = block;
    ++m_index;
    QByteArray event;
    JsonWriter json(event);
    json.beginObject().member("type", "content_block_start").key("index").integer(m_index);
    json.rawMember("content_block", contentBlock).endObject();
    appendSseEvent(out, "content_block_start", event);
}

void MessagesStreamWriter::close(QByteArray &out)
{
    if (m_open == Block::None) {
        return;
    }
    m_open = Block::None;
    QByteArray event;
    JsonWriter json(event);
    json.beginObject().member("type", "content_block_stop").key("index").integer(m_index);
    json.endObject();
    appendSseEvent(out, "content_block_stop", event);
}

void MessagesStreamWriter::delta(
    QByteArrayView type, QByteArrayView key, const QByteArray &piece, QByteArray &out) const
{
    QByteArray event;
    JsonWriter json(event);
    json.beginObject().member("type", "content_block_delta").key("index").integer(m_index);
    json.key("delta").beginObject().member("type", type).member(key, piece).endObject();
    json.endObject();
    appendSseEvent(out, "content_block_delta", event);
}

void MessagesStreamWriter::finish(QByteArray &out)
{
    start({}, out);
    writeHeld(out);
    QByteArray event;
    JsonWriter json(event);
    json.beginObject().member("type", "message_delta").key("delta").beginObject();
    writeMessagesStop(json, m_finish);
    json.endObject().key("usage");
    writeMessagesUsage(json, m_usage, m_here);
    json.endObject();
    appendSseEvent(out, "message_delta", event);
    appendSseEvent(out, "message_stop", R"({"type":"message_stop"})");
}

} // namespace freerelay::dialects
