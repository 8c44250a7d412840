#pragma once

#include "core/common/clock.h"
#include "core/store/database.h"

#include <chrono>

namespace freerelay::store {

/// The path of a file whose folder may be reached through links; itself it may not be one.
[[nodiscard]] QString realPathOf(const QString &path);

/// Makes a file for SQLite that is the owner's only (0600, its folder 0700), unless it is there.
/// @return its realPathOf(); PermissionDenied
[[nodiscard]] common::Result<QString> makePrivateFile(const QString &path);

/// The connection that writes, ready for use: the file exists (0600, its folder 0700), is in WAL
/// mode and has the newest schema.
/// @return errors of Database and migrate()
[[nodiscard]] common::Result<Database>
openRecordFile(const QString &path, std::chrono::milliseconds busyTimeout);

/// Renames a damaged file, with its log, to "<path>.corrupt-<time>", so that a fresh one can begin
/// and nothing is lost that a person might still read out of it.
/// @return the new name without its folder; StorageFailed when it cannot be renamed
[[nodiscard]] common::Result<QString> setAside(const QString &path, common::WallTime now);

} // namespace freerelay::store
