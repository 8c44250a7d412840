#pragma once

#include "core/connect/connection_record.h"
#include "core/connect/connector.h"

namespace freerelay::connect {

/// A settings file before and after; nullopt = there is none.
struct FileChange
{
    QString path;
    std::optional<QByteArray> before;
    std::optional<QByteArray> after;

    [[nodiscard]] bool isEmpty() const { return before == after; }
};

/// What a recipe makes of a file, and what is to be remembered of it (all but the backup).
struct EditedFile
{
    QByteArray text;
    WrittenFile written;
};

/// Pure; any thread.
/// @return as writeSetting(), naming the file
[[nodiscard]] common::Result<EditedFile>
applyRecipe(const FileRecipe &recipe, const std::optional<QByteArray> &before);

/// A file without what was written into it; what somebody else has changed since is left.
struct UndoneFile
{
    std::optional<QByteArray> text;
    int left = 0; ///< settings that were changed since
};

/// Pure; any thread.
/// @param now     the file as it is
/// @param before  its copy from before; nullopt when there was no file
[[nodiscard]] common::Result<UndoneFile> undoneFile(
    const WrittenFile &written,
    const std::optional<QByteArray> &now,
    const std::optional<QByteArray> &before);

/// Is everything still there that was written, but for what may be changed?
[[nodiscard]] bool isInPlace(const WrittenFile &written, const std::optional<QByteArray> &now);

/// nullopt when there is no file. @return else as common::readTrustedFile()
[[nodiscard]] common::Result<std::optional<QByteArray>> readSettingsFile(const QString &path);
/// Replaces a file atomically, through a link too, and keeps its mode; a new one is for its owner
/// only. Without a text the file is removed. StorageFailed when that cannot be done.
[[nodiscard]] common::Result<void>
writeSettingsFile(const QString &path, const std::optional<QByteArray> &text);

[[nodiscard]] QByteArray hashOf(const QByteArray &text);

} // namespace freerelay::connect
