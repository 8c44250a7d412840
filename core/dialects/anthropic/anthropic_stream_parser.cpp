#include "anthropic_stream_parser.h"

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

namespace {

void outOfOrder(EventList &events, QByteArrayView type)
{
    fail(
        events,
        common::ErrorKind::ProtocolError,
        u"The provider's stream is out of order at "_s + QString::fromUtf8(type) + u'.');
}

} // namespace

void AnthropicStreamParser::onJson(
    QByteArrayView eventType, const JsonValue &json, EventList &events)
{
    const QByteArray named = json["type"].string();
    const QByteArrayView type = named.isEmpty() ? eventType : QByteArrayView(named);
    if (type == "error") {
        events.push_back({ReplyFailure{anthropicError(json["error"])}});
    } else if (type == "message_start") {
        onMessageStart(json, events);
    } else if (type == "content_block_start") {
        onBlockStart(json, events);
    } else if (type == "content_block_delta") {
        onBlockDelta(json, events);
    } else if (type == "content_block_stop") {
        onBlockStop(json, events);
    } else if (type == "message_delta") {
        onMessageDelta(json, events);
    } else if (type == "message_stop") {
        onMessageStop(events);
    }
}

void AnthropicStreamParser::onEnd(EventList &events)
{
    // Once the reason is told and all blocks are closed nothing of the answer can be missing.
    if (m_state == State::Finished) {
        m_state = State::Ended;
    } else if (m_state != State::Ended) {
        fail(
            events,
            common::ErrorKind::ProtocolError,
            u"The provider's stream ended before its stop reason."_s);
    }
}

void AnthropicStreamParser::onMessageStart(const JsonValue &json, EventList &events)
{
    if (m_state != State::Idle) {
        outOfOrder(events, "message_start");
        return;
    }
    m_state = State::Open;
    const JsonValue message = json["message"];
    events.push_back({MessageStart{message["id"].string(), message["model"].string()}});
    m_usage.add(message["usage"]);
    events.push_back({UsageReport{m_usage.total()}});
}

void AnthropicStreamParser::onBlockStart(const JsonValue &json, EventList &events)
{
    if (m_state != State::Open || m_block != Block::None
        || json["index"].integer().value_or(-1) != m_nextIndex) {
        outOfOrder(events, "content_block_start");
        return;
    }
    openBlock(json["content_block"], events);
}

void AnthropicStreamParser::openBlock(const JsonValue &block, EventList &events)
{
    const JsonValue type = block["type"];
    m_block = Block::Other;
    if (type.equals("text")) {
        m_block = Block::Text;
        if (const QByteArray text = block["text"].string(); !text.isEmpty()) {
            events.push_back({TextDelta{text}});
        }
    } else if (type.equals("thinking")) {
        m_block = Block::Thinking;
        if (const QByteArray text = block["thinking"].string(); !text.isEmpty()) {
            events.push_back({ThinkingDelta{text}});
        }
    } else if (type.equals("redacted_thinking")) {
        events.push_back({RedactedThinking{block["data"].string(), anthropicSignatureFormat}});
    } else if (type.equals("tool_use")) {
        startTool(block, events);
    }
}

void AnthropicStreamParser::startTool(const JsonValue &block, EventList &events)
{
    m_block = Block::ToolUse;
    m_hasArguments = false;
    const JsonValue input = block["input"];
    m_toolInput = input.isObject() ? input.text().toByteArray() : QByteArray("{}");
    events.push_back({ToolStart{m_tools++, block["id"].string(), block["name"].string(), {}}});
}

bool AnthropicStreamParser::isCurrentBlock(const JsonValue &json) const
{
    return m_state == State::Open && m_block != Block::None
        && json["index"].integer().value_or(-1) == m_nextIndex;
}

void AnthropicStreamParser::onBlockDelta(const JsonValue &json, EventList &events)
{
    const JsonValue delta = json["delta"];
    const QByteArray type = delta["type"].string();
    const bool known = type == "text_delta" || type == "input_json_delta"
        || type == "thinking_delta" || type == "signature_delta";
    if (!isCurrentBlock(json)) {
        outOfOrder(events, "content_block_delta");
    } else if (!known || m_block == Block::Other) {
        return;
    } else if (type == "text_delta" && m_block == Block::Text) {
        if (const QByteArray text = delta["text"].string(); !text.isEmpty()) {
            events.push_back({TextDelta{text}});
        }
    } else if (type == "thinking_delta" && m_block == Block::Thinking) {
        if (const QByteArray text = delta["thinking"].string(); !text.isEmpty()) {
            events.push_back({ThinkingDelta{text}});
        }
    } else if (type == "signature_delta" && m_block == Block::Thinking) {
        events.push_back(
            {ThinkingSignature{delta["signature"].string(), anthropicSignatureFormat}});
    } else if (type == "input_json_delta" && m_block == Block::ToolUse) {
        if (const QByteArray piece = delta["partial_json"].string(); !piece.isEmpty()) {
            m_hasArguments = true;
            events.push_back({ToolArgumentsDelta{m_tools - 1, piece}});
        }
    } else {
        outOfOrder(events, type);
    }
}

void AnthropicStreamParser::onBlockStop(const JsonValue &json, EventList &events)
{
    if (!isCurrentBlock(json)) {
        outOfOrder(events, "content_block_stop");
        return;
    }
    if (m_block == Block::ToolUse && !m_hasArguments) {
        // A call without arguments has no deltas, and some providers send all at the start.
        events.push_back({ToolArgumentsDelta{m_tools - 1, m_toolInput}});
    }
    m_block = Block::None;
    ++m_nextIndex;
}

void AnthropicStreamParser::onMessageDelta(const JsonValue &json, EventList &events)
{
    if (m_block != Block::None || (m_state != State::Open && m_state != State::Finished)) {
        outOfOrder(events, "message_delta");
        return;
    }
    m_usage.add(json["usage"]);
    events.push_back({UsageReport{m_usage.total()}});
    const JsonValue delta = json["delta"];
    const JsonValue reason = delta["stop_reason"];
    if (m_state == State::Open && reason.isString()) {
        m_state = State::Finished;
        events.push_back({Finish{anthropicFinish(reason), delta["stop_sequence"].string()}});
    }
}

void AnthropicStreamParser::onMessageStop(EventList &events)
{
    if (m_state != State::Finished) {
        outOfOrder(events, "message_stop");
        return;
    }
    m_state = State::Ended;
}

} // namespace freerelay::dialects
