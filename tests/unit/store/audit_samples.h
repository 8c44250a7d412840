#pragma once

#include "core/common/hashing.h"
#include "core/store/audit/audit_format.h"
#include "core/store/audit/audit_verifier.h"
#include "core/store/audit/audit_writer.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sample_outcome.h"

#include <QFile>

namespace freerelay::tests {

inline std::shared_ptr<const relay::AuditRules> auditRules(bool strict = false)
{
    auto rules = std::make_shared<relay::AuditRules>();
    rules->on = true;
    rules->strict = strict;
    rules->hashKey = common::Secret(QByteArray(32, 'k'));
    rules->hashKeyId = "0123456789abcdef";
    return rules;
}

inline relay::AuditEntry auditEntry(int i, std::shared_ptr<const relay::AuditRules> rules)
{
    const auto hash = [&rules](const QByteArray &text) {
        return common::KeyedHash(rules->hashKey).add(text).finish();
    };
    const QByteArray number = QByteArray::number(i);
    return {sharedOutcome(i), rules, hash("prompt " + number), hash("answer " + number)};
}

inline common::Secret signingSeed()
{
    return common::Secret(QByteArray(32, 's'));
}

inline store::AuditTerms signedTerms()
{
    return {"signed", false, signingSeed(), false};
}

inline store::AuditTerms standardTerms()
{
    return {"standard", false, {}, false};
}

/// Writes `count` requests, one batch each `batch`, and the end of the run.
[[nodiscard]] inline bool
writeTrail(const store::AuditPlace &place, const store::AuditTerms &terms, int count, int batch = 7)
{
    const ManualClock clock;
    auto writer = store::AuditWriter::open(place, clock);
    if (!writer) {
        return false;
    }
    (*writer)->setTerms(terms);
    const auto rules = auditRules();
    for (int i = 0; i < count; i += batch) {
        std::vector<store::AuditItem> items;
        for (int k = i; k < std::min(i + batch, count); ++k) {
            items.push_back({auditEntry(k, rules), false});
        }
        if (!(*writer)->write(items, 0)) {
            return false;
        }
    }
    return (*writer)->writeEnd("exit").has_value();
}

inline QByteArray fileContent(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

inline bool setFileContent(const QString &path, const QByteArray &content)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly | QIODevice::Truncate)
        && file.write(content) == content.size();
}

/// A line of a trail, taken apart and put together again by somebody who knows the format.
struct ForgedLine
{
    QByteArray hash;
    QByteArray record;

    static ForgedLine from(const QByteArray &line)
    {
        const auto parts = store::auditLineFrom(line);
        return parts ? ForgedLine{parts->hash, parts->record} : ForgedLine{};
    }
    [[nodiscard]] QByteArray toLine() const { return store::auditLine(hash, record); }
    [[nodiscard]] QByteArray previous() const
    {
        const qsizetype at = record.indexOf("\"prev\":\"") + 8;
        return QByteArray::fromHex(record.mid(at, 64));
    }
    void rehash() { hash = store::chainHash(previous(), record); }
    void setPrevious(const QByteArray &value)
    {
        const qsizetype at = record.indexOf("\"prev\":\"") + 8;
        record.replace(at, 64, value.toHex());
    }
};

} // namespace freerelay::tests
