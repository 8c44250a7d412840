#pragma once

#include "core/gateway/http_types.h"

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <optional>

namespace freerelay::gateway {

/// What one request may take. Head limits are the guard's own; the body limit is a setting.
struct ParserLimits
{
    int maxHeaders = 90; ///< QHttpServer loses all headers above 100
    qsizetype maxHeadBytes = 32 * 1024; ///< request line, headers and blank lines together
    std::int64_t maxBodyBytes = 32LL * 1024 * 1024;
};

/// Why a request is refused by its form.
struct ParseError
{
    int status = 400; ///< 400, 413, 431, 501 or 505
    const char *message = "";
};

/// Spare bytes behind a body, so that simdjson can parse it in place (SIMDJSON_PADDING).
inline constexpr qsizetype bodyPadding = 64;

/// Reads HTTP/1.0 and 1.1 requests (RFC 9112) out of a byte stream that comes in any pieces.
///
/// Stricter than the RFC wherever leniency has been used for request smuggling: no bare LF, no
/// line folding, no repeated Content-Length, no coding but one `chunked`. Linear in the input; it
/// keeps at most one unfinished line and the body. One thread; no event loop needed.
class HttpRequestParser
{
public:
    enum class Event : std::uint8_t {
        NeedMore, ///< all input is consumed and the request is not complete
        Head, ///< head() is complete and checked; feed again for the body
        Request, ///< take() has a whole request; feed again for the next one
        Failed, ///< error() says why; the stream cannot be read any further
    };

    explicit HttpRequestParser(ParserLimits limits = {});

    /// Consumes from the front of `data` up to the next event. Call until NeedMore or Failed.
    [[nodiscard]] Event feed(QByteArrayView &data);

    /// The request so far, from Event::Head on; its body is incomplete.
    [[nodiscard]] const HttpRequest &head() const { return m_request; }
    /// The complete request after Event::Request. The body has `bodyPadding` bytes to spare.
    [[nodiscard]] HttpRequest take();
    [[nodiscard]] const ParseError &error() const { return m_error; }

    /// True between the first byte of a request and its end.
    [[nodiscard]] bool isInsideRequest() const;
    [[nodiscard]] bool isInsideBody() const;
    /// Bytes held for the unfinished request.
    [[nodiscard]] qint64 bufferedBytes() const { return m_request.body.size() + m_partial.size(); }
    /// Body bytes announced by Content-Length or still to come in chunks.
    [[nodiscard]] bool hasBody() const { return m_chunked || m_remaining > 0; }

    /// For requests that start after this call.
    void setMaxBodyBytes(std::int64_t bytes) { m_limits.maxBodyBytes = bytes; }

private:
    enum class State : std::uint8_t {
        RequestLine,
        Headers,
        HeadDone,
        FixedBody,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailers,
        Done,
        Failed,
    };

    [[nodiscard]] std::optional<QByteArrayView> takeLine(QByteArrayView &data);
    [[nodiscard]] bool mayTake(QByteArrayView bytes);
    [[nodiscard]] bool noteOverhead(qsizetype bytes);
    void onLine(QByteArrayView line);
    void onRequestLine(QByteArrayView line);
    void onHeaderLine(QByteArrayView line);
    void onChunkSizeLine(QByteArrayView line);
    void onTrailerLine(QByteArrayView line);
    void finishHead();
    void beginBody();
    void onBytes(QByteArrayView &data);
    void fail(int status, const char *message);

    [[nodiscard]] bool setTarget(QByteArrayView target);
    [[nodiscard]] bool setVersion(QByteArrayView version);
    [[nodiscard]] bool noteFraming(QByteArrayView name, QByteArrayView value);
    [[nodiscard]] bool noteContentLength(QByteArrayView value);
    [[nodiscard]] bool noteTransferCoding(QByteArrayView value);
    void noteConnection(QByteArrayView value);

    ParserLimits m_limits;
    HttpRequest m_request;
    QByteArray m_partial; ///< start of a line whose end has not come yet
    QByteArray m_authority; ///< of an absolute-form target
    qsizetype m_headBytes = 0;
    std::int64_t m_remaining = 0; ///< of the body, or of the current chunk
    qsizetype m_overhead = 0; ///< extensions and trailers, bounded as the head is
    ParseError m_error;
    State m_state = State::RequestLine;
    bool m_partialUsed = false;
    bool m_hasLength = false;
    bool m_chunked = false;
    bool m_closeAsked = false;
    bool m_keepAliveAsked = false;
};

/// Decodes percent escapes, collapses "//" and resolves dot segments, in that order, so that no
/// encoded spelling gets round a route. nullopt for an invalid escape, a control character or a
/// path that does not start with '/'. Pure.
[[nodiscard]] std::optional<QByteArray> normalisedPath(QByteArrayView rawPath);

} // namespace freerelay::gateway
