#pragma once

#include "core/common/result.h"

#include <QByteArrayView>
#include <QString>

#include <utility>

namespace freerelay::store {

/// One segment of the audit trail, open for appending and for nobody else: what append() has
/// accepted is on the disk, and what it has not is not in the file. One thread.
class SegmentFile
{
public:
    /// Makes a new file (0600). AlreadyExists when there is one.
    [[nodiscard]] static common::Result<SegmentFile> create(const QString &path);
    /// Opens an existing one. Unavailable when another program appends to it.
    [[nodiscard]] static common::Result<SegmentFile> open(const QString &path);
    ~SegmentFile();
    SegmentFile(SegmentFile &&other) noexcept
        : m_path(std::move(other.m_path))
        , m_descriptor(std::exchange(other.m_descriptor, -1))
        , m_size(other.m_size)
    { }
    SegmentFile(const SegmentFile &) = delete;
    SegmentFile &operator=(const SegmentFile &) = delete;
    SegmentFile &operator=(SegmentFile &&) = delete;

    /// Writes and waits for the disk.
    /// @return StorageFailed or PermissionDenied; the file is cut back to what it was. If even that
    ///         cannot be done, hasRemains() is true
    [[nodiscard]] common::Result<void> append(QByteArrayView bytes);
    /// Takes away what lies behind the first `size` bytes.
    [[nodiscard]] common::Result<void> cutTo(qint64 size);

    [[nodiscard]] qint64 size() const { return m_size; }
    /// A part of a failed append() is still in it: cutTo(size()) before the next.
    [[nodiscard]] bool hasRemains() const { return m_hasRemains; }
    /// False when somebody has moved, removed or changed it.
    [[nodiscard]] bool isInPlace() const;

private:
    SegmentFile(QString path, int descriptor);
    [[nodiscard]] static common::Result<SegmentFile> openWith(const QString &path, int flags);

    QString m_path;
    int m_descriptor = -1;
    qint64 m_size = 0;
    bool m_hasRemains = false;
};

/// Makes the folder's list of names durable, so that a new file survives a power failure.
[[nodiscard]] common::Result<void> syncFolder(const QString &folder);

} // namespace freerelay::store
