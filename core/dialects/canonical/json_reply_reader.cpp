#include "json_reply_reader.h"

#include "core/dialects/json.h"

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

void fail(EventList &events, common::ErrorKind kind, QString message)
{
    events.push_back({ReplyFailure{common::Error{kind, std::move(message)}}});
}

bool hasFailed(const EventList &events)
{
    return !events.empty() && std::holds_alternative<ReplyFailure>(events.back().what);
}

SseReplyReader::SseReplyReader(std::unique_ptr<JsonReplyParser> parser)
    : m_parser(std::move(parser))
{ }

void SseReplyReader::feed(QByteArrayView in, EventList &events)
{
    m_decoder.append(in);
    drain(events);
}

void SseReplyReader::finish(EventList &events)
{
    m_decoder.close();
    if (drain(events)) {
        m_parser->onEnd(events);
    }
}

bool SseReplyReader::drain(EventList &events)
{
    while (const std::optional<SseEvent> event = m_decoder.next()) {
        if (event->data == "[DONE]") {
            continue;
        }
        const common::Result<JsonValue> json = parseJson(event->data);
        if (!json) {
            fail(
                events,
                common::ErrorKind::ProtocolError,
                u"The provider sent an event that is not JSON: "_s + json.error().message);
            return false;
        }
        m_parser->onJson(event->type, *json, events);
        if (hasFailed(events)) {
            return false;
        }
    }
    if (m_decoder.hasOverflowed()) {
        fail(
            events,
            common::ErrorKind::ProtocolError,
            u"The provider sent an event that is too large."_s);
        return false;
    }
    return true;
}

BodyReplyReader::BodyReplyReader(std::unique_ptr<JsonReplyParser> parser)
    : m_parser(std::move(parser))
{ }

void BodyReplyReader::feed(QByteArrayView in, EventList &events)
{
    if (m_body.size() + in.size() > maxBodyBytes) {
        fail(events, common::ErrorKind::ProtocolError, u"The provider's reply is too large."_s);
        return;
    }
    m_body.append(in);
}

void BodyReplyReader::finish(EventList &events)
{
    m_body = padded(std::move(m_body));
    const common::Result<JsonValue> json = parseJson(m_body);
    if (!json) {
        fail(
            events,
            common::ErrorKind::ProtocolError,
            u"The provider's reply is not JSON: "_s + json.error().message);
        return;
    }
    m_parser->onJson({}, *json, events);
    if (!hasFailed(events)) {
        m_parser->onEnd(events);
    }
}

} // namespace freerelay::dialects
