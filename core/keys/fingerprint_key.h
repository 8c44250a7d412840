#pragma once

#include "core/common/result.h"
#include "core/common/secret.h"

#include <QString>

namespace freerelay::keys {

/// The key for common::setFingerprintKey(): made at the first start and kept in a file of mode
/// 0600. A file that others may read, or that holds something else, is replaced: the fingerprints
/// of before can then no longer be compared with new ones, which is the smaller harm.
/// @return StorageFailed or PermissionDenied when it can neither be read nor replaced
[[nodiscard]] common::Result<common::Secret> loadOrCreateFingerprintKey(const QString &fileName);

} // namespace freerelay::keys
