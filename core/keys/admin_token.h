#pragma once

#include "core/common/result.h"
#include "core/common/secret.h"

#include <QString>

namespace freerelay::keys {

/// The token that every route needs which changes settings, keys or the gateway's state: made at
/// the first start, kept in a file of mode 0600. One program at a time (the instance lock).
/// @return PermissionDenied when others may read or write the file, or it is not ours: its token
///         can no longer be believed, and the message says what to do; StorageFailed
[[nodiscard]] common::Result<common::Secret> loadOrCreateAdminToken(const QString &fileName);

} // namespace freerelay::keys
