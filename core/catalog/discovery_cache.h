#pragma once

#include "core/common/clock.h"
#include "core/common/result.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace freerelay::catalog {

/// What one provider listed, and when.
struct DiscoveredModels
{
    QByteArray provider; ///< id
    QByteArray baseUrl; ///< address that was asked: a list of another address says nothing
    common::WallTime time;
    std::vector<QByteArray> models; ///< names as parseModelList() gives them

    bool operator==(const DiscoveredModels &) const = default;
};

/// What a cache file held. `problem` is a sentence for people when a file was there and could not
/// be used; the entries are then empty, and the next save replaces the file.
struct CachedDiscovery
{
    std::vector<DiscoveredModels> entries;
    QString problem;
};

/// Reads the cache of discovered models (JSON). Never fails: a missing file is an empty cache, a
/// damaged, oversized (16 MiB) or foreign one is ignored with a problem. Blocks on the disk.
[[nodiscard]] CachedDiscovery loadDiscoveryCache(const QString &path);

/// Replaces the cache file in one step, readable and writable for the owner only; makes the folder
/// when it is missing. Blocks on the disk: not for GUI or worker threads.
/// @return StorageFailed; the old file is then still there
[[nodiscard]] common::Result<void>
saveDiscoveryCache(const QString &path, const std::vector<DiscoveredModels> &entries);

} // namespace freerelay::catalog
