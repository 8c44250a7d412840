#pragma once

#include "core/common/result.h"
#include "core/settings/settings.h"

#include <QByteArray>
#include <QHash>
#include <QString>

namespace freerelay::settings {

/// What a settings file says.
struct ParsedSettings
{
    Settings value; ///< defaults where the file says nothing
    QHash<QString, int> lines; ///< line (from 1) of each setting that the file sets, by path
};

/// The largest settings file that is read, in bytes.
inline constexpr qint64 maxSettingsBytes = 1'024 * 1'024;

/// Reads YAML strictly: unknown and duplicate keys are errors, so are values out of their range.
/// Pure; any thread.
/// @param fileName  for messages only
/// @return InvalidArgument, its message "file:line:column: sentence", `param` the setting's path
[[nodiscard]] common::Result<ParsedSettings>
parseSettings(const QByteArray &yaml, const QString &fileName);

/// The document with one scalar set, comments and order kept; missing parents are created. The
/// result is parsed again and compared: nothing but `path` differs, or it is an error.
/// Pure; any thread.
/// @return InvalidArgument when the document does not parse (saying where), when the value is not
///         acceptable, or when the document is written in a way that cannot be edited safely
///         (anchors, block scalars); NotFound when there is no such setting
[[nodiscard]] common::Result<QByteArray> editSettings(
    const QByteArray &yaml, const QString &fileName, const QString &path, const QString &value);

} // namespace freerelay::settings
