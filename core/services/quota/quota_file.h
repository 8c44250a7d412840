#pragma once

#include "core/quota/records.h"

#include <QString>

namespace freerelay::services {

/// The quota book as a JSON file, readable and writable for the owner only and replaced in one
/// step. It holds counts, names and fingerprints, never a key. Blocks on the disk.
class QuotaFile final : public quota::QuotaStore
{
public:
    explicit QuotaFile(QString path)
        : m_path(std::move(path))
    { }

    /// @return an empty book when there is no file; PermissionDenied when others may read it;
    ///         ProtocolError when it is damaged or of another version; StorageFailed, TooLarge
    [[nodiscard]] common::Result<quota::QuotaBook> load() override;
    [[nodiscard]] common::Result<void> save(const quota::QuotaBook &book) override;

    /// Renames the file, so that the next save does not replace it.
    /// @return its new name without the folder; StorageFailed
    [[nodiscard]] common::Result<QString> setAside(common::WallTime now) const;

private:
    QString m_path;
};

} // namespace freerelay::services
