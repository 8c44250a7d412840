#pragma once

#include "core/common/result.h"

#include <QByteArrayView>
#include <QString>

namespace freerelay::telemetry {

/// A log file of bounded size, mode 0600: when it is full it becomes "<name>.1", what was that
/// becomes "<name>.2", and the oldest goes. One thread; one process.
class RotatingFile final
{
public:
    /// @param maxBytes  of one file
    /// @param files  with the one being written, ≥ 1
    RotatingFile(QString path, qint64 maxBytes, int files);
    ~RotatingFile();
    RotatingFile(const RotatingFile &) = delete;
    RotatingFile &operator=(const RotatingFile &) = delete;

    /// Appends one line, which is never split over two files. Opens the file when it is not open.
    /// @return StorageFailed or PermissionDenied; the line is lost, the next one tries again
    [[nodiscard]] common::Result<void> append(QByteArrayView line);

private:
    [[nodiscard]] common::Result<void> open();
    void close();
    void rotate();
    [[nodiscard]] QString nameOf(int number) const;

    QString m_path;
    qint64 m_maxBytes;
    int m_files;
    int m_descriptor = -1;
    qint64 m_size = 0;
};

} // namespace freerelay::telemetry
