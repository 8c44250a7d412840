#pragma once

#include "core/common/clock.h"
#include "core/common/result.h"

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <optional>

namespace freerelay::store {

/// How a records file stands.
struct RecordFileState
{
    int version = 0; ///< of its layout
    int newestVersion = 0; ///< that this program knows
    std::int64_t bytes = 0; ///< with its log
    std::int64_t requests = 0;
    std::optional<common::WallTime> newest; ///< time of the newest request
    QByteArray damage; ///< SQLite's first complaint; "" = it is whole
};

/// Reads the file from end to end, on a connection that only reads; a running gateway is not
/// disturbed. Blocks: about a second for 100 MiB.
/// @return NotFound when there is no file; errors of Database (ProtocolError = it is no database)
[[nodiscard]] common::Result<RecordFileState> checkRecordFile(const QString &path);

} // namespace freerelay::store
