#include "break_point.h"

#include <algorithm>

namespace freerelay::upstream {

namespace {

/// The first events of a stream have no content, with Anthropic three of them.
constexpr std::uint64_t mostEvents = 6;
/// `data: {"i`: neither a whole line nor whole JSON.
constexpr qint64 intoEvent = 9;
/// Of a body whose length is not known.
constexpr qint64 intoBody = 24;

} // namespace

BreakPoint::BreakPoint(const common::HeaderList &headers, std::uint64_t draw)
    : m_left(intoBody)
{
    const qint64 length = headers.value("content-length").toLongLong();
    if (headers.value("content-type").toLower().startsWith("text/event-stream")) {
        m_events = 1 + draw % mostEvents;
        m_left = intoEvent;
    } else if (length > 1) {
        m_left = length / 2;
    }
}

qsizetype BreakPoint::take(QByteArrayView bytes)
{
    qsizetype taken = 0;
    while (m_events > 0 && taken < bytes.size()) {
        m_events -= endsEvent(bytes[taken]) ? 1 : 0;
        ++taken;
    }
    const qint64 more = std::min<qint64>(bytes.size() - taken, m_left);
    m_left -= more;
    return taken + more;
}

bool BreakPoint::endsEvent(char byte)
{
    if (byte == '\r') {
        return false;
    }
    const bool isBlank = byte == '\n' && m_lineEmpty;
    m_lineEmpty = byte == '\n';
    return isBlank;
}

} // namespace freerelay::upstream
