#pragma once

#include "core/common/clock.h"
#include "core/common/hashing.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

namespace freerelay::store {

// The format of the audit trail; docs/audit.md describes it for whoever reads it without us.

/// Of the whole; told in the first record of each segment.
inline constexpr int auditFormat = 1;

/// The end of a chain: the number of its last record and that record's hash.
struct ChainHead
{
    std::uint64_t n = 0; ///< 0 = there is none yet
    QByteArray hash = QByteArray(common::hashBytes, '\0');

    bool operator==(const ChainHead &) const = default;
};

/// SHA-256(0x00 || previous || record): h_n of the chain. The zero byte keeps it apart from any
/// other hash over the same bytes, as RFC 6962 does with its leaves.
[[nodiscard]] QByteArray chainHash(const QByteArray &previous, QByteArrayView record);

/// One line of a segment without its end: {"hash":"<64 hex digits>","record":<canonical object>},
/// canonical itself.
[[nodiscard]] QByteArray auditLine(const QByteArray &hash, QByteArrayView record);

struct AuditLine
{
    QByteArray hash; ///< as the line tells it, 32 bytes
    QByteArray record; ///< its bytes
};

/// The reverse: nullopt unless it is a line in exactly this form.
[[nodiscard]] std::optional<AuditLine> auditLineFrom(QByteArrayView line);

/// What the signature of a head is over: "freerelay audit head 1", the number, the hash in hex and
/// the time, each followed by a line feed.
[[nodiscard]] QByteArray headMessage(const ChainHead &head, QByteArrayView time);

/// "2026-11-24T08:30:00.123456Z".
[[nodiscard]] QByteArray auditTime(common::WallTime time);

/// The bytes of 2 × `count` hex digits; nullopt when it is something else.
[[nodiscard]] std::optional<QByteArray> fromHex(QByteArrayView digits, qsizetype count);

/// "audit-000001.jsonl" of segment 1.
[[nodiscard]] QString segmentName(int number);
/// Numbers of the segments in a folder, ascending.
[[nodiscard]] std::vector<int> segmentNumbers(const QString &folder);

} // namespace freerelay::store
