#include "checks.h"
#include "targets.h"

#include "core/dialects/sse_decoder.h"
#include "core/gateway/http_request_parser.h"
#include "core/upstream/reply_head.h"

#include <QByteArray>
#include <QByteArrayList>

namespace freerelay::fuzz {

namespace {

using gateway::HttpRequestParser;

/// Small ones, so that overflows are met.
constexpr qsizetype maxEventBytes = 4'096;
constexpr gateway::ParserLimits smallLimits{
    .maxHeaders = 8, .maxHeadBytes = 512, .maxBodyBytes = 512};

void takeEvents(dialects::SseDecoder &decoder, QByteArrayList &events)
{
    while (const auto event = decoder.next()) {
        require(!event->data.isEmpty(), "an event has data");
        events << event->type.toByteArray() << event->data.toByteArray();
    }
}

QByteArrayList sseEvents(QByteArrayView text, qsizetype piece)
{
    dialects::SseDecoder decoder(maxEventBytes);
    QByteArrayList events;
    inPieces(text, piece, [&](QByteArrayView bytes) {
        decoder.append(bytes);
        takeEvents(decoder, events);
        return true;
    });
    decoder.close();
    takeEvents(decoder, events);
    events << (decoder.hasOverflowed() ? "overflow" : "end");
    return events;
}

void noteRequest(const gateway::HttpRequest &request, QByteArrayList &log)
{
    require(request.path.startsWith('/'), "a path begins with a slash");
    require(!request.path.contains('\0'), "no path holds a zero byte");
    log << request.methodName << request.path << request.query << request.body;
    for (const auto &[name, value] : request.headers.fields()) {
        require(!value.contains('\n') && !value.contains('\r'), "no value spans two lines");
        log << name << value;
    }
}

/// False once it has failed.
bool feed(HttpRequestParser &parser, QByteArrayView data, QByteArrayList &log)
{
    while (true) {
        switch (parser.feed(data)) {
        case HttpRequestParser::Event::NeedMore:
            require(data.isEmpty(), "whoever needs more has taken all");
            return true;
        case HttpRequestParser::Event::Head: // one more: the host of an absolute target
            require(
                parser.head().headers.size() <= std::size_t(smallLimits.maxHeaders + 1),
                "the head keeps its limits");
            break;
        case HttpRequestParser::Event::Request:
            noteRequest(parser.take(), log);
            break;
        case HttpRequestParser::Event::Failed:
            require(parser.error().status >= 400, "a failure has a status");
            log << QByteArray::number(parser.error().status);
            return false;
        }
    }
}

QByteArrayList httpRequests(QByteArrayView text, qsizetype piece)
{
    HttpRequestParser parser(smallLimits);
    QByteArrayList log;
    inPieces(text, piece, [&](QByteArrayView bytes) { return feed(parser, bytes, log); });
    require(parser.bufferedBytes() <= 1'024 + 4'096, "little is kept");
    return log;
}

} // namespace

void readSseStream(QByteArrayView input)
{
    Choices choices(input);
    const qsizetype piece = 1 + choices.below(61);
    const QByteArrayView text = choices.rest();
    require(
        sseEvents(text, piece) == sseEvents(text, text.size()),
        "a stream says the same in any pieces");
}

void readHttpRequest(QByteArrayView input)
{
    Choices choices(input);
    const qsizetype piece = 1 + choices.below(61);
    const QByteArrayView text = choices.rest();
    require(
        httpRequests(text, piece) == httpRequests(text, text.size()),
        "requests say the same in any pieces");
}

void readReplyHead(QByteArrayView input)
{
    upstream::ReplyHead head;
    while (!input.isEmpty()) {
        const qsizetype end = input.indexOf('\n');
        const QByteArrayView line = end < 0 ? input : input.first(end + 1);
        input = input.sliced(line.size());
        if (!head.addLine(line)) {
            require(head.failure().has_value(), "a refused head says why");
            return;
        }
    }
    require(head.headers().size() <= upstream::ReplyHead::maxFields, "the head keeps its limits");
    for (const auto &[name, value] : head.headers().fields()) {
        require(name == name.toLower(), "names are lower case");
        require(!value.contains('\n') && !value.contains('\r'), "no value spans two lines");
    }
}

} // namespace freerelay::fuzz
