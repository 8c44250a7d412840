#pragma once

#include "core/connect/settings_text.h"

#include <QByteArray>
#include <QString>

#include <map>
#include <optional>
#include <vector>

namespace freerelay::connect {

/// One setting that was written, and what stood there before.
struct WrittenEdit
{
    SettingPath path;
    QByteArray written; ///< as it stands in the file
    std::optional<QByteArray> previous;
    int kept = 0; ///< steps of the path that were there before
    bool optional = false; ///< may be changed by anybody without harm
};

/// One file that was changed for a tool.
struct WrittenFile
{
    QString path;
    Syntax syntax = Syntax::Json;
    QString backup; ///< name of the copy of what was there before; "" = there was no file
    QByteArray hash; ///< SHA-256 of what was written, in hex
    std::vector<WrittenEdit> edits;
};

/// What was written for one tool.
struct ConnectionRecord
{
    QByteArray endpoint; ///< root, as it was then
    std::vector<WrittenFile> files;
};

/// What is written where, by the id of the tool; kept in one private file, since settings may hold
/// keys.
using ConnectionRecords = std::map<QString, ConnectionRecord>;

/// @return no records when there is no file; StorageFailed or PermissionDenied when it cannot be
///         read, ProtocolError when it is not one of ours
[[nodiscard]] common::Result<ConnectionRecords> readRecords(const QString &path);
[[nodiscard]] common::Result<void>
writeRecords(const QString &path, const ConnectionRecords &records);

} // namespace freerelay::connect
