#pragma once

#include "core/common/result.h"
#include "core/store/audit/audit_tail.h"

#include <QFile>
#include <QString>

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace freerelay::store {

/// One line of a trail as it lies in its file.
struct TrailLine
{
    int segment = 0;
    qint64 number = 0; ///< in its file, from 1
    qint64 offset = 0; ///< of its first byte in the whole trail
    bool complete = true; ///< ends with a line feed
    bool last = false; ///< nothing follows in its file
    /// nullopt: not in the right form, or its hash is not that of its record.
    std::optional<AuditLink> link;
};

/// The lines of all segments of a folder, one behind the other. One thread.
class AuditLines
{
public:
    /// @return NotFound when there is no segment; PermissionDenied, StorageFailed
    [[nodiscard]] static common::Result<AuditLines> open(const QString &folder);

    /// nullopt at the end.
    [[nodiscard]] common::Result<std::optional<TrailLine>> next();
    /// The line that next() will give, `ahead` lines further on; nullopt behind the end.
    [[nodiscard]] common::Result<std::optional<TrailLine>> peek(std::size_t ahead = 0);
    [[nodiscard]] qint64 totalBytes() const { return m_total; }
    [[nodiscard]] const std::vector<int> &segments() const { return m_segments; }

private:
    explicit AuditLines(QString folder)
        : m_folder(std::move(folder))
    { }
    [[nodiscard]] common::Result<std::optional<TrailLine>> read();

    QString m_folder;
    std::vector<int> m_segments;
    std::size_t m_nextSegment = 0;
    std::unique_ptr<QFile> m_file;
    qint64 m_line = 0;
    qint64 m_offset = 0;
    qint64 m_total = 0;
    std::deque<TrailLine> m_ahead;
};

} // namespace freerelay::store
