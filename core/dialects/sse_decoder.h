#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <optional>

namespace freerelay::dialects {

/// One event of a server-sent event stream; the views live until the decoder is touched again.
struct SseEvent
{
    QByteArrayView type; ///< the `event:` field; "" when there was none
    QByteArrayView data; ///< the `data:` lines joined by LF; never empty
};

/// Bytes to server-sent events (WHATWG HTML, "Server-sent events", 2026-08), split anywhere.
///
/// Lines end in LF, CR or CRLF; comments and unknown fields are dropped; events without data are
/// not reported; a byte order mark at the start is skipped. Unlike a browser, the last event needs
/// no blank line behind it once close() was called: providers leave it out. Time is linear in the
/// bytes. Not thread-safe.
class SseDecoder
{
public:
    /// Largest event that is accepted: an image in base64 fits.
    static constexpr qsizetype defaultMaxEventBytes = 8 * 1024 * 1024;

    explicit SseDecoder(qsizetype maxEventBytes = defaultMaxEventBytes)
        : m_maxEventBytes(maxEventBytes)
    { }

    /// Adds received bytes. Take all events out with next() afterwards.
    void append(QByteArrayView bytes);
    /// No more bytes will come: next() then also gives an event that no blank line ended.
    void close() { m_closed = true; }
    /// The next complete event; nullopt when more bytes are needed or the stream overflowed.
    [[nodiscard]] std::optional<SseEvent> next();
    /// True once an event grew beyond the limit: the stream cannot be read any further.
    [[nodiscard]] bool hasOverflowed() const { return m_overflowed; }

private:
    struct Span
    {
        qsizetype begin = 0;
        qsizetype end = 0;
    };

    void compact();
    [[nodiscard]] bool skipByteOrderMark();
    [[nodiscard]] std::optional<Span> nextLine();
    [[nodiscard]] qsizetype findLineEnd();
    void readField(Span line);
    void addData(Span value);
    [[nodiscard]] std::optional<SseEvent> dispatch();

    qsizetype m_maxEventBytes;
    QByteArray m_buffer;
    QByteArray m_joined; ///< data of an event with more than one data line
    QByteArray m_type;
    Span m_data; ///< the first data line
    int m_dataLines = 0;
    qsizetype m_cursor = 0; ///< first byte of the line that comes next
    qsizetype m_eventStart = 0; ///< first byte of the event that is being read
    qsizetype m_lineFeed = -1; ///< position of the first LF at or behind m_cursor; -1 = none seen
    qsizetype m_noLineFeedBefore = 0; ///< no LF lies between m_cursor and here
    qsizetype m_noReturnBefore = 0; ///< no CR lies between m_cursor and here
    bool m_dispatched = false; ///< m_type belongs to an event already given out
    bool m_started = false; ///< the place of the byte order mark is behind us
    bool m_skipLineFeed = false; ///< the last line ended in CR: an LF right behind belongs to it
    bool m_closed = false;
    bool m_overflowed = false;
};

} // namespace freerelay::dialects
