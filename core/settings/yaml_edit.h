#pragma once

#include "core/common/result.h"

#include <QByteArray>
#include <QStringList>

namespace freerelay::settings {

/// Sets one scalar of a YAML document as an edit of its text: comments, order and spacing of
/// everything else stay. Missing parents are created, in the style of the mapping they go into.
/// Pure; any thread.
/// @param path   names from the top, at least one; they need no quoting ([a-z0-9_-])
/// @return InvalidArgument when the document is not one that can be edited this way; the edited
///         text has been parsed again, and only `path` differs
[[nodiscard]] common::Result<QByteArray>
setYamlScalar(const QByteArray &document, const QStringList &path, const QString &value);

} // namespace freerelay::settings
