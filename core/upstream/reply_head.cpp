#include "reply_head.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::upstream {

namespace {

QByteArrayView withoutLineEnd(QByteArrayView line)
{
    while (!line.isEmpty() && (line.back() == '\n' || line.back() == '\r')) {
        line.chop(1);
    }
    return line;
}

/// A carriage return inside a line counts as a space (RFC 9112 §2.2); so does a zero byte.
QByteArray fieldText(QByteArrayView text)
{
    return text.toByteArray().replace('\r', ' ').replace('\0', ' ').trimmed();
}

// "HTTP/1.1 200 OK", "HTTP/2 200"; 0 when there is no three-digit status.
int statusOf(QByteArrayView line)
{
    const qsizetype space = line.indexOf(' ');
    const QByteArrayView digits = space < 0
        ? QByteArrayView()
        : line.sliced(space + 1).first(std::min<qsizetype>(3, line.size() - space - 1));
    const bool threeDigits = digits.size() == 3
        && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    return threeDigits ? digits.toByteArray().toInt() : 0;
}

} // namespace

bool ReplyHead::addLine(QByteArrayView line)
{
    if (m_complete) {
        return true;
    }
    m_bytes += line.size();
    if (m_bytes > maxBytes) {
        return refuse(u"its head is larger than 64 KiB"_s);
    }
    const QByteArrayView text = withoutLineEnd(line);
    if (!m_inHead) {
        return begin(text);
    }
    if (text.isEmpty()) {
        end();
        return true;
    }
    return addField(text);
}

bool ReplyHead::begin(QByteArrayView line)
{
    m_status = statusOf(line);
    if (m_status < 100) {
        return refuse(u"its status line has no status"_s);
    }
    m_inHead = true;
    return true;
}

bool ReplyHead::addField(QByteArrayView line)
{
    // obs-fold (RFC 9112 §5.2): the line continues the field before it.
    if (line.front() == ' ' || line.front() == '\t') {
        if (m_hasField) {
            m_value += ' ' + fieldText(line);
        }
        return true;
    }
    flushField();
    const qsizetype colon = line.indexOf(':');
    if (colon <= 0) {
        return refuse(u"a header line has no name"_s);
    }
    if (m_headers.size() >= maxFields) {
        return refuse(u"it has more than 200 header fields"_s);
    }
    m_name = fieldText(line.first(colon)).toLower();
    m_value = fieldText(line.sliced(colon + 1));
    m_hasField = true;
    return true;
}

void ReplyHead::end()
{
    flushField();
    m_inHead = false;
    m_bytes = 0;
    if (m_status < 200) {
        m_status = 0;
        m_headers.clear();
        return;
    }
    m_complete = true;
}

void ReplyHead::flushField()
{
    if (m_hasField) {
        m_headers.add(std::exchange(m_name, {}), std::exchange(m_value, {}));
        m_hasField = false;
    }
}

bool ReplyHead::refuse(const QString &detail)
{
    m_failure = common::Error{
        common::ErrorKind::ProtocolError,
        u"The provider's reply is not proper HTTP: %1."_s.arg(detail)};
    return false;
}

} // namespace freerelay::upstream
