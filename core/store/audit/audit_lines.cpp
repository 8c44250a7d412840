#include "audit_lines.h"

#include <QFileInfo>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::store {

namespace {

using common::ErrorKind;
using common::Result;

/// Far longer than any record; a line beyond it is none of ours, and must not fill the memory.
constexpr qint64 longestLine = qint64(4) * 1024 * 1024;

tl::unexpected<common::Error> unreadable(ErrorKind kind, const QFile &file)
{
    common::Error error{
        kind, u"The audit trail cannot be read."_s, file.fileName() % u": "_s % file.errorString()};
    return common::failure(std::move(error));
}

} // namespace

Result<AuditLines> AuditLines::open(const QString &folder)
{
    AuditLines lines(folder);
    lines.m_segments = segmentNumbers(folder);
    if (lines.m_segments.empty()) {
        return common::failure(
            ErrorKind::NotFound, u"There is no audit trail in “%1”."_s.arg(folder));
    }
    for (const int number : lines.m_segments) {
        lines.m_total += QFileInfo(folder % u'/' % segmentName(number)).size();
    }
    return lines;
}

Result<std::optional<TrailLine>> AuditLines::read()
{
    while (!m_file || m_file->atEnd()) {
        if (m_nextSegment == m_segments.size()) {
            return std::optional<TrailLine>();
        }
        const int number = m_segments[m_nextSegment++];
        m_file = std::make_unique<QFile>(m_folder % u'/' % segmentName(number));
        m_line = 0;
        if (!m_file->open(QIODevice::ReadOnly)) {
            return unreadable(ErrorKind::PermissionDenied, *m_file);
        }
    }
    QByteArray bytes = m_file->readLine(longestLine);
    if (bytes.isEmpty()) {
        return unreadable(ErrorKind::StorageFailed, *m_file);
    }
    TrailLine line;
    line.segment = m_segments[m_nextSegment - 1];
    line.number = ++m_line;
    line.offset = m_offset;
    m_offset += bytes.size();
    line.complete = bytes.endsWith('\n');
    line.last = m_file->atEnd();
    if (line.complete) {
        bytes.chop(1);
        line.link = consistentLink(bytes);
    }
    return std::optional(std::move(line));
}

Result<std::optional<TrailLine>> AuditLines::next()
{
    if (m_ahead.empty()) {
        return read();
    }
    std::optional<TrailLine> line(std::move(m_ahead.front()));
    m_ahead.pop_front();
    return line;
}

Result<std::optional<TrailLine>> AuditLines::peek(std::size_t ahead)
{
    while (m_ahead.size() <= ahead) {
        auto line = read();
        if (!line || !*line) {
            return line;
        }
        m_ahead.push_back(**std::move(line));
    }
    return std::optional(m_ahead[ahead]);
}

} // namespace freerelay::store
