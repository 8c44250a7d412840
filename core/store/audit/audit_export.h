#pragma once

#include "core/common/clock.h"
#include "core/common/result.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QString>

#include <functional>
#include <optional>

namespace freerelay::store {

struct ExportOptions
{
    QString folder; ///< of the trail
    QString target; ///< a folder that is made; it must not exist, or be empty
    /// Only the segments that hold records of this time; whole ones, so that the chain holds.
    std::optional<common::WallTime> from{};
    std::optional<common::WallTime> until{}; ///< exclusive
    QByteArray verifyScript; ///< is put beside the trail
};

struct ExportResult
{
    int segments = 0;
    qint64 bytes = 0;
    QByteArrayList publicKeys;
    bool isPartial = false; ///< it begins later than with record 1
};

/// Copies what a third party needs to verify a trail without us: segments, heads, public keys, a
/// checkpoint, instructions and the script. A running program may go on writing. Blocks.
/// @return NotFound when there is no trail, or nothing of that time; AlreadyExists when the target
///         is not empty; PermissionDenied, StorageFailed
[[nodiscard]] common::Result<ExportResult> exportAudit(const ExportOptions &options);

/// A public key as other tools read it (PEM, RFC 8410).
[[nodiscard]] QByteArray publicKeyPem(const QByteArray &publicKey);
/// The reverse, and a key in 64 hex digits; nullopt when it is neither.
[[nodiscard]] std::optional<QByteArray> publicKeyFrom(const QByteArray &text);

} // namespace freerelay::store
