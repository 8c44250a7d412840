#pragma once

#include "core/apps/app.h"
#include "core/common/secret.h"

#include <QString>

#include <vector>

namespace freerelay::apps {

/// Reads the apps of a private JSON file, with what they have used.
/// @param hashKey  that their keys were hashed with
/// @return none when there is no file; PermissionDenied when others may read or write it;
///         ProtocolError when it is damaged, of a later version, or its keys were hashed with
///         another key; StorageFailed, TooLarge
[[nodiscard]] common::Result<std::vector<AppPtr>>
readApps(const QString &path, const common::Secret &hashKey);

/// The file's text. It holds no key.
[[nodiscard]] QByteArray
appsText(const std::vector<AppPtr> &apps, const common::Secret &hashKey, common::WallTime now);

} // namespace freerelay::apps
