#include "anthropic_reply_parser.h"

#include "core/dialects/anthropic/anthropic_words.h"

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

void AnthropicReplyParser::onJson(QByteArrayView, const JsonValue &json, EventList &events)
{
    if (json["error"].isObject()) {
        events.push_back({ReplyFailure{anthropicError(json["error"])}});
        return;
    }
    const JsonValue reason = json["stop_reason"];
    if (!json["content"].isArray() || !reason.isString()) {
        fail(
            events,
            common::ErrorKind::ProtocolError,
            u"The provider's reply is not an Anthropic message."_s);
        return;
    }
    events.push_back({MessageStart{json["id"].string(), json["model"].string()}});
    for (const JsonValue &block : json["content"].elements()) {
        readBlock(block, events);
    }
    AnthropicUsage usage;
    usage.add(json["usage"]);
    events.push_back({UsageReport{usage.total()}});
    events.push_back({Finish{anthropicFinish(reason), json["stop_sequence"].string()}});
    m_ended = true;
}

void AnthropicReplyParser::readBlock(const JsonValue &block, EventList &events)
{
    const JsonValue type = block["type"];
    if (type.equals("text")) {
        if (const QByteArray text = block["text"].string(); !text.isEmpty()) {
            events.push_back({TextDelta{text}});
        }
    } else if (type.equals("thinking")) {
        events.push_back({ThinkingDelta{block["thinking"].string()}});
        if (block["signature"].isString()) {
            events.push_back(
                {ThinkingSignature{block["signature"].string(), anthropicSignatureFormat}});
        }
    } else if (type.equals("redacted_thinking")) {
        events.push_back({RedactedThinking{block["data"].string(), anthropicSignatureFormat}});
    } else if (type.equals("tool_use")) {
        const JsonValue input = block["input"];
        events.push_back({ToolStart{m_tools, block["id"].string(), block["name"].string(), {}}});
        events.push_back({ToolArgumentsDelta{
            m_tools, input.isObject() ? input.text().toByteArray() : QByteArray("{}")}});
        ++m_tools;
    }
}

} // namespace freerelay::dialects
