#pragma once

#include "core/common/result.h"

#include <QByteArray>
#include <QString>

namespace freerelay::common {

/// Who may have written a file that is about to be believed. All of them refuse what is not a
/// regular file. Ownership and mode are checked on the open descriptor (on Windows the access
/// control lists of the user's profile take their place).
enum class FileTrust {
    /// Ours or root's (anybody's when we are root), not writable by the world; links are followed.
    Settings,
    /// Ours, not writable by group or world; a link must be ours as well.
    OwnNotWritableByOthers,
    /// Ours, mode 0600 or stricter; links are refused.
    OwnerOnly,
};

/// Reads a whole file.
/// @param maxBytes  larger files are refused
/// @return NotFound when there is none, PermissionDenied when it may not be read or must not be
///         trusted, TooLarge, StorageFailed
[[nodiscard]] Result<QByteArray>
readTrustedFile(const QString &path, qint64 maxBytes, FileTrust trust);

/// Replaces a file atomically (a reader sees the old or the new one) with mode 0600; the folder is
/// made with ensurePrivateFolder() when it is missing. StorageFailed when it cannot be written.
[[nodiscard]] Result<void> writePrivateFile(const QString &path, const QByteArray &content);

/// Makes sure that `path` is a folder of ours with mode 0700, and makes it when it is missing.
/// @return PermissionDenied when it belongs to somebody else, StorageFailed when it cannot be made
[[nodiscard]] Result<void> ensurePrivateFolder(const QString &path);

} // namespace freerelay::common
