#include "sse_decoder.h"

#include <cstring>

namespace freerelay::dialects {

namespace {

constexpr char byteOrderMark[] = "\xEF\xBB\xBF";

qsizetype indexOf(const QByteArray &text, char c, qsizetype from, qsizetype to)
{
    if (from >= to) {
        return -1;
    }
    const void *const found = std::memchr(text.constData() + from, c, std::size_t(to - from));
    return found == nullptr ? -1 : static_cast<const char *>(found) - text.constData();
}

} // namespace

void SseDecoder::append(QByteArrayView bytes)
{
    compact();
    m_buffer.append(bytes);
}

void SseDecoder::compact()
{
    // Each byte is moved at most once for the events before it, so the sum stays linear.
    if (m_eventStart == 0) {
        return;
    }
    const qsizetype shift = m_eventStart;
    if (shift == m_buffer.size()) {
        m_buffer.resize(0);
    } else {
        m_buffer.remove(0, shift);
    }
    m_eventStart = 0;
    m_cursor -= shift;
    m_noLineFeedBefore = std::max<qsizetype>(m_noLineFeedBefore - shift, 0);
    m_noReturnBefore = std::max<qsizetype>(m_noReturnBefore - shift, 0);
    m_lineFeed = m_lineFeed < 0 ? -1 : m_lineFeed - shift;
    m_data.begin -= shift;
    m_data.end -= shift;
}

std::optional<SseEvent> SseDecoder::next()
{
    if (m_overflowed || !skipByteOrderMark()) {
        return std::nullopt;
    }
    if (m_dispatched) {
        m_type.resize(0);
        m_dispatched = false;
    }
    while (const std::optional<Span> line = nextLine()) {
        if (m_cursor - m_eventStart > m_maxEventBytes) {
            m_overflowed = true;
            return std::nullopt;
        }
        if (line->begin != line->end) {
            readField(*line);
            continue;
        }
        if (std::optional<SseEvent> event = dispatch()) {
            return event;
        }
        m_type.resize(0);
    }
    if (m_buffer.size() - m_eventStart > m_maxEventBytes) {
        m_overflowed = true;
        return std::nullopt;
    }
    return m_closed ? dispatch() : std::nullopt;
}

bool SseDecoder::skipByteOrderMark()
{
    if (m_started) {
        return true;
    }
    const qsizetype seen = std::min<qsizetype>(m_buffer.size(), 3);
    if (std::memcmp(m_buffer.constData(), byteOrderMark, std::size_t(seen)) == 0) {
        if (seen < 3 && !m_closed) {
            return false;
        }
        m_cursor = m_eventStart = seen;
    }
    m_started = true;
    return true;
}

std::optional<SseDecoder::Span> SseDecoder::nextLine()
{
    if (m_skipLineFeed && m_cursor < m_buffer.size()) {
        m_skipLineFeed = false;
        if (m_buffer[m_cursor] == '\n') {
            if (m_eventStart == m_cursor) {
                ++m_eventStart;
            }
            ++m_cursor;
        }
    }
    const qsizetype end = findLineEnd();
    if (end < 0) {
        if (!m_closed || m_cursor >= m_buffer.size()) {
            return std::nullopt;
        }
        const Span rest{m_cursor, m_buffer.size()};
        m_cursor = m_buffer.size();
        return rest;
    }
    const Span line{m_cursor, end};
    m_skipLineFeed = m_buffer[end] == '\r';
    m_cursor = end + 1;
    return line;
}

qsizetype SseDecoder::findLineEnd()
{
    // What was searched once is remembered: neither a long line that arrives in pieces nor a text
    // whose lines all end in CR is searched again.
    if (m_lineFeed < m_cursor) {
        const qsizetype from = std::max(m_cursor, m_noLineFeedBefore);
        m_lineFeed = indexOf(m_buffer, '\n', from, m_buffer.size());
        m_noLineFeedBefore = m_lineFeed < 0 ? m_buffer.size() : m_lineFeed;
    }
    const qsizetype to = m_lineFeed < 0 ? m_buffer.size() : m_lineFeed;
    const qsizetype from = std::max(m_cursor, m_noReturnBefore);
    const qsizetype carriageReturn = indexOf(m_buffer, '\r', from, to);
    m_noReturnBefore = carriageReturn < 0 ? to : carriageReturn;
    return carriageReturn >= 0 ? carriageReturn : m_lineFeed;
}

void SseDecoder::readField(Span line)
{
    const QByteArrayView text = QByteArrayView(m_buffer).sliced(line.begin, line.end - line.begin);
    if (text.startsWith("data:")) {
        const qsizetype begin = line.begin + (text.size() > 5 && text[5] == ' ' ? 6 : 5);
        addData({begin, line.end});
    } else if (text.startsWith("event:")) {
        m_type = text.sliced(text.size() > 6 && text[6] == ' ' ? 7 : 6).toByteArray();
    } else if (text == "data") {
        addData({line.end, line.end});
    } else if (m_dataLines == 0 && m_type.isEmpty()) {
        m_eventStart = m_cursor; // a comment before the event needs no memory
    }
}

void SseDecoder::addData(Span value)
{
    const QByteArrayView bytes = QByteArrayView(m_buffer).sliced(
        value.begin, value.end - value.begin);
    ++m_dataLines;
    if (m_dataLines == 1) {
        m_data = value;
        return;
    }
    if (m_dataLines == 2) {
        m_joined = m_buffer.sliced(m_data.begin, m_data.end - m_data.begin);
    }
    m_joined.append('\n').append(bytes);
}

std::optional<SseEvent> SseDecoder::dispatch()
{
    std::optional<SseEvent> event;
    if (m_dataLines > 0) {
        const QByteArrayView data = m_dataLines > 1
            ? QByteArrayView(m_joined)
            : QByteArrayView(m_buffer).sliced(m_data.begin, m_data.end - m_data.begin);
        if (!data.isEmpty()) {
            event = SseEvent{m_type, data};
        }
    }
    m_eventStart = m_cursor;
    m_dataLines = 0;
    m_dispatched = event.has_value(); // m_type lives on until the event has been looked at
    return event;
}

} // namespace freerelay::dialects
