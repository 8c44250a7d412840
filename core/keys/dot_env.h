#pragma once

#include "core/common/result.h"
#include "core/common/secret.h"

#include <QByteArray>
#include <QHash>
#include <QString>
#include <QStringList>

#include <functional>

namespace freerelay::keys {

/// What a `.env` file says that we listen to.
struct DotEnv
{
    QString fileName;
    QByteArray mode; ///< value of FREERELAY_MODE; empty when it is not set
    QHash<QByteArray, common::Secret> values; ///< only names that are honoured
    QStringList ignored; ///< other names, in the order of the file
    QStringList problems; ///< ".env:3: …", one sentence each, without values
};

/// May a `.env` set this variable? (FREERELAY_MODE need not be asked.)
using HonouredName = std::function<bool(const QByteArray &)>;

/// Reads `NAME=value` lines: `export` in front, single and double quotes, comments, CRLF. Values
/// are taken as they stand: variables in them are not expanded. A later line wins. Pure; any
/// thread.
[[nodiscard]] DotEnv
parseDotEnv(const QByteArray &text, const QString &fileName, const HonouredName &honoured);

/// Reads the file, which is never written. A missing one says nothing.
/// @return PermissionDenied when it is not the user's own, others may write it, or it is not a
///         regular file; TooLarge beyond 256 KiB; StorageFailed
[[nodiscard]] common::Result<DotEnv>
readDotEnv(const QString &fileName, const HonouredName &honoured);

} // namespace freerelay::keys
