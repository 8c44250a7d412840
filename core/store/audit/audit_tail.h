#pragma once

#include "core/common/result.h"
#include "core/store/audit/audit_format.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

namespace freerelay::store {

/// Where a trail in a folder ends, and what an unclean end has left behind that.
struct AuditTail
{
    ChainHead head;
    QByteArray time; ///< of its last record
    int segment = 0; ///< the one to go on in; 0 = there is none
    qint64 size = 0; ///< of it, up to the last record that fits
    int removedFrom = 0; ///< segments from here on hold no record at all; 0 = none
    QByteArray torn; ///< what lies behind the last record, in that segment and those behind it
    qint64 tornLines = 0; ///< lines among it that are complete: a crash alone leaves none

    [[nodiscard]] bool isTorn() const { return !torn.isEmpty() || removedFrom != 0; }
};

/// Finds the end of the trail: the last line that agrees with itself. Looks at nothing before it;
/// whether the rest is intact is what verifyAudit() is for.
/// @return StorageFailed or PermissionDenied
[[nodiscard]] common::Result<AuditTail> readAuditTail(const QString &folder);

/// A line's place in the chain, as its record tells it.
struct AuditLink
{
    std::uint64_t n = 0;
    QByteArray previous; ///< hash of record n - 1
    ChainHead head; ///< n with the line's own hash
    QJsonObject record;
};

/// @return nullopt unless the line is in the right form and its hash is that of its record
[[nodiscard]] std::optional<AuditLink> consistentLink(QByteArrayView line);

} // namespace freerelay::store
