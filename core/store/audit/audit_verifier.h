#pragma once

#include "core/common/result.h"
#include "core/store/audit/audit_format.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace freerelay::store {

/// The first thing that is wrong with a trail.
struct AuditFinding
{
    enum class Kind : std::uint8_t {
        Changed, ///< this record
        Removed, ///< this record, perhaps with those behind it
        Inserted, ///< where this record should be stands another line
        Reordered, ///< this record stands further behind
        Truncated, ///< the trail ends before this record, which a checkpoint knows
        WrongSignature, ///< from this record on it is not what was signed, or by somebody else
        Unsigned, ///< a signature is missing that covers this record
    };

    Kind kind = Kind::Changed;
    std::uint64_t record = 0;
    QString file; ///< name of the segment where it shows
    qint64 line = 0; ///< in it, from 1
    QString sentence;
};

/// "changed", "removed", … as the command line prints them.
[[nodiscard]] QString wordFor(AuditFinding::Kind kind);

struct AuditReport
{
    std::optional<AuditFinding> finding; ///< nullopt = intact, as far as the files can tell
    QStringList notes; ///< what is worth knowing and no sign of tampering
    ChainHead head; ///< of the last record that was looked at
    QByteArray headTime;
    std::uint64_t first = 0; ///< number of the first record; 0 = there is none
    std::uint64_t requests = 0;
    std::uint64_t dropped = 0; ///< requests that the trail itself says are missing in it
    std::uint64_t signedUpTo = 0; ///< the last record that a signature covers; 0 = none
    QByteArrayList publicKeys; ///< that signed heads, in order of appearance
};

struct VerifyOptions
{
    QString folder;
    /// Only signatures by these count, and there must be one; empty = by those the trail names.
    QByteArrayList publicKeys;
    std::vector<ChainHead> checkpoints; ///< heads that were kept elsewhere
    /// The trail may begin later than with record 1, as an export of some days does.
    bool mayBeginLater = false;
    /// Called now and then with the bytes done, and all of them.
    std::function<void(qint64, qint64)> progress;
};

/// Reads a whole trail and finds the first record that was changed, removed, inserted, reordered or
/// cut off. Pure but for the files; blocks.
/// @return NotFound when there is no trail in the folder; PermissionDenied or StorageFailed when it
///         cannot be read
[[nodiscard]] common::Result<AuditReport> verifyAudit(const VerifyOptions &options);

} // namespace freerelay::store
