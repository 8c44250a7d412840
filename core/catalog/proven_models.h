#pragma once

#include "core/common/result.h"

#include <QByteArray>
#include <QSet>
#include <QString>

namespace freerelay::catalog {

/// Full ids of models whose tier is unverified_free and which have answered for nothing.
using ProvenModels = QSet<QByteArray>;

/// What the file held. `problem` is a sentence for people when a file was there and could not be
/// used; nothing is proven then, and the next save replaces the file.
struct StoredProof
{
    ProvenModels models;
    QString problem;
};

/// Reads the file (JSON). Never fails: a missing one proves nothing, a damaged, oversized (1 MiB)
/// or foreign one is ignored with a problem. Blocks on the disk.
[[nodiscard]] StoredProof loadProvenModels(const QString &path);

/// Replaces the file in one step, readable and writable for the owner only. Blocks on the disk.
/// @return StorageFailed; the old file is then still there
[[nodiscard]] common::Result<void>
saveProvenModels(const QString &path, const ProvenModels &models);

} // namespace freerelay::catalog
