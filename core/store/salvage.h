#pragma once

#include "core/common/result.h"

#include <QString>
#include <QStringList>

#include <cstdint>

namespace freerelay::store {

/// What was got out of a damaged records file.
struct SalvageReport
{
    std::int64_t requests = 0; ///< brought over
    std::int64_t known = 0; ///< requests that were there already
    std::int64_t attempts = 0;
    std::int64_t decisions = 0; ///< lists of candidates
    std::int64_t amendments = 0;
    std::int64_t sums = 0; ///< rows of the sums
    /// Rows of any kind that were found but could not be read or taken over; damaged pages hold an
    /// unknown number of further ones.
    std::int64_t lost = 0;
    bool gaps = false; ///< a part could not be read at all
};

/// The damaged files that setAside() left beside the records file, oldest first; full paths.
[[nodiscard]] QStringList filesSetAside(const QString &recordsFile);

/// Brings what can still be read of a damaged records file into the present one, which is made when
/// it is missing and may be written by a running gateway meanwhile. A request that is there already
/// is left alone; sums are added up. Then the damaged file is renamed to "….recovered", so that it
/// is not counted twice. Blocks on the disk, for seconds when the file is large.
/// @return ProtocolError when nothing of it can be read; errors of Database
[[nodiscard]] common::Result<SalvageReport>
salvage(const QString &damagedFile, const QString &recordsFile);

} // namespace freerelay::store
