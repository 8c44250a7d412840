#include "audit_verifier.h"

#include "core/common/signing.h"
#include "core/store/audit/audit_lines.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::store {

namespace {

using common::ErrorKind;
using common::Result;
using Kind = AuditFinding::Kind;

/// Records beyond the promised ones that may stand before a head: where a run had no clean end.
constexpr std::uint64_t headSlack = 16;

/// Goes through a trail, line by line, to its end or the first finding.
class Verifier
{
public:
    Verifier(const VerifyOptions &options, AuditLines lines)
        : m_options(options)
        , m_lines(std::move(lines))
    { }

    Result<AuditReport> run();

private:
    [[nodiscard]] Result<void> check(const TrailLine &line);
    [[nodiscard]] Result<void> explainBroken(const TrailLine &line);
    [[nodiscard]] Result<void> explainStray(const TrailLine &line);
    [[nodiscard]] Result<void> explainRepeated(const TrailLine &line);
    [[nodiscard]] Result<void> explainAhead(const TrailLine &line);
    [[nodiscard]] bool isTornEnd(const TrailLine &line) const;
    void accept(const TrailLine &line);
    void begin(const TrailLine &line);
    void checkHead(const TrailLine &line);
    void checkCoverage(const TrailLine &line);
    void checkCheckpoint(const TrailLine &line);
    void checkEnd();
    void find(Kind kind, std::uint64_t record, const TrailLine &line, const QString &sentence);
    void findInserted(const TrailLine &line);
    void findCopied(const TrailLine &line);
    void findChanged(const TrailLine &line);
    [[nodiscard]] bool follows(const std::optional<TrailLine> &line) const
    {
        return line && line->link && line->link->n == m_expected
            && line->link->previous == m_report.head.hash;
    }

    const VerifyOptions &m_options;
    AuditLines m_lines;
    AuditReport m_report;
    std::uint64_t m_expected = 1;
    std::optional<TrailLine> m_before; ///< the last one that was accepted
    QByteArray m_publicKey; ///< that heads must be signed with; "" = not signed
    std::uint64_t m_headEvery = 0;
    std::uint64_t m_sinceHead = 0; ///< records that no signature covers yet
};

QString text(const QJsonObject &record, QLatin1StringView name)
{
    return record.value(name).toString();
}

void Verifier::find(Kind kind, std::uint64_t record, const TrailLine &line, const QString &sentence)
{
    if (!m_report.finding) {
        m_report.finding = {
            kind,
            record,
            line.segment == 0 ? QString() : segmentName(line.segment),
            line.number,
            sentence};
    }
}

void Verifier::findInserted(const TrailLine &line)
{
    find(
        Kind::Inserted,
        m_expected,
        line,
        u"A line was inserted before record %1."_s.arg(m_expected));
}

void Verifier::findCopied(const TrailLine &line)
{
    find(
        Kind::Inserted,
        m_expected,
        line,
        u"A line was inserted before record %1: a copy of record %2."_s.arg(m_expected)
            .arg(line.link->n));
}

void Verifier::findChanged(const TrailLine &line)
{
    find(Kind::Changed, m_expected, line, u"Record %1 was changed."_s.arg(m_expected));
}

Result<AuditReport> Verifier::run()
{
    constexpr qint64 step = qint64(1) * 1024 * 1024;
    qint64 told = 0;
    while (!m_report.finding) {
        const auto line = m_lines.next();
        if (!line) {
            return common::failure(line.error());
        }
        if (!*line) {
            break;
        }
        if (const auto checked = check(**line); !checked) {
            return common::failure(checked.error());
        }
        if (m_options.progress && (*line)->offset - told >= step) {
            told = (*line)->offset;
            m_options.progress(told, m_lines.totalBytes());
        }
    }
    if (!m_report.finding) {
        checkEnd();
    }
    return m_report;
}

Result<void> Verifier::check(const TrailLine &line)
{
    if (m_report.first == 0 && line.link && m_options.mayBeginLater) {
        m_expected = line.link->n;
        m_report.head.hash = line.link->previous;
    }
    if (follows(line)) {
        accept(line);
        return {};
    }
    if (isTornEnd(line)) {
        m_report.notes.append(
            u"The last line is not complete: the program had an unclean end, or is writing."_s);
        return {};
    }
    if (!line.link) {
        return explainBroken(line);
    }
    if (line.link->n == m_expected) {
        return explainStray(line);
    }
    return line.link->n < m_expected ? explainRepeated(line) : explainAhead(line);
}

bool Verifier::isTornEnd(const TrailLine &line) const
{
    return !line.complete && line.last && line.segment == m_lines.segments().back();
}

/// A line that does not agree with itself.
Result<void> Verifier::explainBroken(const TrailLine &line)
{
    const auto after = m_lines.peek();
    if (!after) {
        return common::failure(after.error());
    }
    if (follows(*after)) {
        findInserted(line);
    } else {
        findChanged(line);
    }
    return {};
}

/// The right number, agreeing with itself, but behind another record than the one before it.
Result<void> Verifier::explainStray(const TrailLine &line)
{
    const auto after = m_lines.peek();
    if (!after) {
        return common::failure(after.error());
    }
    if (follows(*after)) {
        findInserted(line);
    } else if (m_report.first == 0) {
        findChanged(line);
    } else {
        // It names the hash that the record before it had when it was written.
        find(
            Kind::Changed,
            m_expected - 1,
            *m_before,
            u"Record %1 was changed, and its hash with it."_s.arg(m_expected - 1));
    }
    return {};
}

/// A number that was there before.
Result<void> Verifier::explainRepeated(const TrailLine &line)
{
    const bool forged = m_before && m_before->link->n == line.link->n
        && m_before->link->previous == line.link->previous
        && m_before->link->head != line.link->head;
    if (forged) {
        find(
            Kind::Inserted,
            line.link->n,
            *m_before,
            u"There are two records %1: one was inserted."_s.arg(line.link->n));
    } else {
        findCopied(line);
    }
    return {};
}

/// A number that is not due yet: where is the one that is?
Result<void> Verifier::explainAhead(const TrailLine &line)
{
    bool isLater = false;
    bool isAgain = false;
    for (std::size_t i = 0; !isAgain; ++i) {
        const auto other = m_lines.peek(i);
        if (!other) {
            return common::failure(other.error());
        }
        if (!*other) {
            break;
        }
        if ((*other)->link) {
            isLater = isLater || (*other)->link->n == m_expected;
            isAgain = (*other)->link->n == line.link->n;
        }
    }
    if (isLater && isAgain) {
        findCopied(line);
    } else if (isLater) {
        find(
            Kind::Reordered,
            m_expected,
            line,
            u"Record %1 was moved: record %2 stands in its place."_s.arg(m_expected)
                .arg(line.link->n));
    } else {
        const std::uint64_t last = line.link->n - 1;
        find(
            Kind::Removed,
            m_expected,
            line,
            last == m_expected ? u"Record %1 was removed."_s.arg(m_expected)
                               : u"Records %1 to %2 were removed."_s.arg(m_expected).arg(last));
    }
    return {};
}

void Verifier::accept(const TrailLine &line)
{
    const QJsonObject &record = line.link->record;
    const QString kind = text(record, "kind"_L1);
    if (m_report.first == 0) {
        m_report.first = line.link->n;
    }
    ++m_sinceHead;
    if (kind == "head"_L1) {
        checkHead(line);
    } else if (kind == "segment"_L1 || kind == "settings"_L1) {
        begin(line);
    } else if (kind == "request"_L1) {
        ++m_report.requests;
    } else if (kind == "gap"_L1) {
        m_report.dropped += std::uint64_t(record.value("dropped"_L1).toInteger());
    } else if (kind == "recovered"_L1) {
        const QString file = text(record, "file"_L1);
        if (record.value("torn_lines"_L1).toInteger() > 0) {
            find(
                Kind::Changed,
                line.link->n,
                line,
                u"Whole lines before record %1 did not fit and were set aside as “%2”: changed, or lost in a power failure."_s
                    .arg(line.link->n)
                    .arg(file));
        } else {
            m_report.notes.append(
                u"Before record %1 the program had an unclean end; a torn line is kept as “%2”."_s
                    .arg(line.link->n)
                    .arg(file));
        }
    }
    m_report.head = line.link->head;
    m_report.headTime = text(record, "time"_L1).toLatin1();
    ++m_expected;
    m_before = line;
    checkCheckpoint(line);
    checkCoverage(line);
}

/// From here on other settings, perhaps another key.
void Verifier::begin(const TrailLine &line)
{
    const QJsonObject &record = line.link->record;
    const QByteArray before = m_publicKey;
    m_publicKey = QByteArray::fromHex(text(record, "public_key"_L1).toLatin1());
    if (record.contains("head_every"_L1)) {
        m_headEvery = std::uint64_t(record.value("head_every"_L1).toInteger());
    }
    if (before.isEmpty()) {
        m_sinceHead = 0; // nothing was promised for what came before
    }
    if (!m_publicKey.isEmpty() && !m_options.publicKeys.isEmpty()
        && !m_options.publicKeys.contains(m_publicKey)) {
        find(
            Kind::WrongSignature,
            line.link->n,
            line,
            u"From record %1 on the trail is signed with another key than yours."_s.arg(
                line.link->n));
    }
}

void Verifier::checkHead(const TrailLine &line)
{
    if (m_publicKey.isEmpty()) {
        return;
    }
    const QJsonObject &record = line.link->record;
    const QByteArray message = headMessage(
        {line.link->n - 1, line.link->previous}, text(record, "time"_L1).toLatin1());
    const QByteArray signature = QByteArray::fromHex(text(record, "signature"_L1).toLatin1());
    if (!common::signing::isSignedBy(m_publicKey, message, signature)) {
        const std::uint64_t from = std::max(m_report.signedUpTo + 1, m_report.first);
        find(
            Kind::WrongSignature,
            from,
            line,
            u"The signature in record %1 is not of this chain: it was rewritten between record %2 and there."_s
                .arg(line.link->n)
                .arg(from));
        return;
    }
    m_report.signedUpTo = line.link->n - 1;
    m_sinceHead = 0;
    if (!m_report.publicKeys.contains(m_publicKey)) {
        m_report.publicKeys.append(m_publicKey);
    }
}

/// Heads come in time, or somebody has left them out together with what they would show.
void Verifier::checkCoverage(const TrailLine &line)
{
    if (!m_publicKey.isEmpty() && m_headEvery > 0 && m_sinceHead > m_headEvery + headSlack) {
        const std::uint64_t from = line.link->n - m_sinceHead + 1;
        find(
            Kind::Unsigned, from, line, u"No signature covers the records from %1 on."_s.arg(from));
    }
}

void Verifier::checkCheckpoint(const TrailLine &line)
{
    for (const ChainHead &checkpoint : m_options.checkpoints) {
        if (checkpoint.n == line.link->n && checkpoint.hash != line.link->head.hash) {
            find(
                Kind::Changed,
                checkpoint.n,
                line,
                u"Record %1 is not the one of the checkpoint: it was changed, or one before it and all behind that."_s
                    .arg(checkpoint.n));
        }
    }
}

void Verifier::checkEnd()
{
    std::uint64_t known = 0;
    for (const ChainHead &checkpoint : m_options.checkpoints) {
        known = std::max(known, checkpoint.n);
    }
    if (known > m_report.head.n) {
        find(
            Kind::Truncated,
            m_report.head.n + 1,
            m_before.value_or(TrailLine()),
            u"The trail ends with record %1; the checkpoint knows record %2."_s.arg(m_report.head.n)
                .arg(known));
        return;
    }
    if (!m_options.publicKeys.isEmpty() && m_report.signedUpTo == 0) {
        find(
            Kind::Unsigned,
            m_report.first,
            m_before.value_or(TrailLine()),
            u"Nothing in the trail is signed with your key."_s);
        return;
    }
    if (!m_report.publicKeys.isEmpty() && m_report.signedUpTo + 1 < m_report.head.n) {
        m_report.notes.append(
            u"Records %1 to %2 are not covered by a signature yet."_s.arg(m_report.signedUpTo + 1)
                .arg(m_report.head.n));
    }
    if (m_report.dropped > 0) {
        m_report.notes.append(
            u"%1 requests are not in the trail, as it says itself: it could not be written in time."_s
                .arg(m_report.dropped));
    }
}

} // namespace

QString wordFor(AuditFinding::Kind kind)
{
    switch (kind) {
    case Kind::Changed:
        return u"changed"_s;
    case Kind::Removed:
        return u"removed"_s;
    case Kind::Inserted:
        return u"inserted"_s;
    case Kind::Reordered:
        return u"reordered"_s;
    case Kind::Truncated:
        return u"truncated"_s;
    case Kind::WrongSignature:
        return u"wrong_signature"_s;
    case Kind::Unsigned:
        return u"unsigned"_s;
    }
    return {};
}

Result<AuditReport> verifyAudit(const VerifyOptions &options)
{
    auto lines = AuditLines::open(options.folder);
    if (!lines) {
        return common::failure(lines.error());
    }
    return Verifier(options, *std::move(lines)).run();
}

} // namespace freerelay::store
