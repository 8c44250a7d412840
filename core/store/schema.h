#pragma once

#include "core/common/clock.h"
#include "core/store/database.h"

#include <span>

namespace freerelay::store {

/// One step from a version of the schema to the next; `version` is the one it leads to.
struct Migration
{
    int version;
    const char *sql;
};

/// All steps, from an empty file to the newest version. A released step is never changed: each
/// version has a file in tests/data/store that must go through all that follow.
[[nodiscard]] std::span<const Migration> migrations();

/// Brings the file to the version of the last step, all in one transaction. A file that holds
/// anything is first copied to "<path>.before-v<N>" (the two newest copies are kept).
/// @return the version it had; Unavailable, ProtocolError, … of Database; InvalidArgument when a
///         newer program wrote it (it is left as it is)
[[nodiscard]] common::Result<int>
migrate(Database &database, const QString &path, std::span<const Migration> steps);

} // namespace freerelay::store
