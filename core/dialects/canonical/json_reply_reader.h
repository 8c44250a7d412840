#pragma once

#include "core/dialects/canonical/reply_reader.h"
#include "core/dialects/json_value.h"
#include "core/dialects/sse_decoder.h"

namespace freerelay::dialects {

/// Makes sense of the JSON values of one reply, in order; the base of the provider readers.
class JsonReplyParser
{
public:
    virtual ~JsonReplyParser() = default;

    /// @param type  the SSE event name; "" = none
    virtual void onJson(QByteArrayView type, const JsonValue &json, EventList &events) = 0;
    /// The upstream closed cleanly.
    virtual void onEnd(EventList &events) = 0;
    [[nodiscard]] virtual bool isEnded() const = 0;
};

/// Feeds a parser from server-sent events. `[DONE]` is skipped: some providers send it on every
/// wire format (OpenRouter does on /messages).
class SseReplyReader final : public ReplyReader
{
public:
    explicit SseReplyReader(std::unique_ptr<JsonReplyParser> parser);

    void feed(QByteArrayView in, EventList &events) override;
    void finish(EventList &events) override;
    [[nodiscard]] bool isEnded() const override { return m_parser->isEnded(); }

private:
    /// @return false after a failure
    bool drain(EventList &events);

    std::unique_ptr<JsonReplyParser> m_parser;
    SseDecoder m_decoder;
};

/// Feeds a parser with one whole body.
class BodyReplyReader final : public ReplyReader
{
public:
    /// A reply larger than this is refused (ours): whole replies are held in memory.
    static constexpr qsizetype maxBodyBytes = 64 * 1024 * 1024;

    explicit BodyReplyReader(std::unique_ptr<JsonReplyParser> parser);

    void feed(QByteArrayView in, EventList &events) override;
    void finish(EventList &events) override;
    [[nodiscard]] bool isEnded() const override { return m_parser->isEnded(); }

private:
    std::unique_ptr<JsonReplyParser> m_parser;
    QByteArray m_body;
};

/// Appends a failure.
void fail(EventList &events, common::ErrorKind kind, QString message);
/// True when the last event is a failure.
[[nodiscard]] bool hasFailed(const EventList &events);

} // namespace freerelay::dialects
