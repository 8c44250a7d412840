#pragma once

#include "core/catalog/catalog.h"
#include "core/catalog/types.h"
#include "core/common/result.h"

#include <QByteArrayView>
#include <QString>

#include <vector>

namespace freerelay::catalog {

/// What the user's providers file adds to or changes in a catalogue.
struct UserProviders
{
    std::vector<Provider> providers;
    std::vector<Model> models;
};

/// Reads the user's providers file; format, bounds and example: docs/providers-file.md.
///
/// A provider whose id `base` knows is taken over from there, and what the entry names changes.
/// Pure; any thread.
/// @param bytes     at most 1 MiB of YAML
/// @param fileName  stands in front of "line:column" in messages
/// @return InvalidArgument: `message` is the first problem ("file:line:column: what"), `detail` all
///         of them, one a line; TooLarge
[[nodiscard]] common::Result<UserProviders>
parseUserProviders(QByteArrayView bytes, const QString &fileName, const Catalog &base);

/// The same from a file. Blocks on the disk: not for GUI or worker threads.
/// @return NotFound when there is no such file (a fresh installation has none), PermissionDenied
///         when somebody else may write it, StorageFailed when it cannot be read, else as
///         parseUserProviders()
[[nodiscard]] common::Result<UserProviders>
loadUserProviders(const QString &path, const Catalog &base);

} // namespace freerelay::catalog
