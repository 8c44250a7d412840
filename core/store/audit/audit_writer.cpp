#include "audit_writer.h"

#include "core/common/private_file.h"
#include "core/common/signing.h"
#include "core/store/audit/audit_tail.h"

#include <QFile>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::store {

using common::ErrorKind;
using common::Result;

AuditWriter::AuditWriter(AuditPlace place, const common::Clock &clock)
    : m_place(std::move(place))
    , m_clock(clock)
{ }

Result<std::unique_ptr<AuditWriter>> AuditWriter::open(AuditPlace place, const common::Clock &clock)
{
    if (const auto folder = common::ensurePrivateFolder(place.folder); !folder) {
        common::Error error{folder.error().kind, u"The audit trail cannot be written."_s};
        error.detail = folder.error().message;
        return common::failure(std::move(error));
    }
    std::unique_ptr<AuditWriter> writer(new AuditWriter(std::move(place), clock));
    if (const auto found = writer->goOn(); !found) {
        return common::failure(found.error());
    }
    return writer;
}

Result<void> AuditWriter::lock(int segment)
{
    auto file = SegmentFile::open(m_place.folder % u'/' % segmentName(segment));
    if (!file) {
        return common::failure(file.error());
    }
    m_file = std::make_unique<SegmentFile>(*std::move(file));
    m_segment = segment;
    return {};
}

/// Behind the last record of the runs before.
Result<void> AuditWriter::goOn()
{
    const std::vector<int> numbers = segmentNumbers(m_place.folder);
    if (numbers.empty()) {
        return {};
    }
    // The lock before the look: a running program's unfinished line is not torn.
    if (const auto locked = lock(numbers.back()); !locked) {
        return locked;
    }
    const auto tail = readAuditTail(m_place.folder);
    if (!tail) {
        return common::failure(tail.error());
    }
    m_state.head = tail->head;
    if (tail->isTorn()) {
        if (const auto aside = setAside(*tail); !aside) {
            return aside;
        }
    }
    if (tail->segment == 0) {
        m_file.reset();
        m_segment = 0;
        return {};
    }
    if (tail->segment != m_segment) {
        if (const auto locked = lock(tail->segment); !locked) {
            return locked;
        }
    }
    return m_file->size() == tail->size ? Result<void>() : m_file->cutTo(tail->size);
}

/// Before anything is cut: what is torn is in two places then, not in none.
Result<void> AuditWriter::setAside(const AuditTail &tail)
{
    if (!tail.torn.isEmpty()) {
        if (const auto kept = keepTorn(tail); !kept) {
            return kept;
        }
    }
    for (const int number : segmentNumbers(m_place.folder)) {
        if (tail.removedFrom != 0 && number >= tail.removedFrom) {
            QFile::remove(m_place.folder % u'/' % segmentName(number));
        }
    }
    return syncFolder(m_place.folder);
}

Result<void> AuditWriter::keepTorn(const AuditTail &tail)
{
    const int segment = tail.segment != 0 ? tail.segment : tail.removedFrom;
    const QString name = segmentName(segment) % u".torn-%1"_s.arg(tail.head.n + 1);
    const QString path = m_place.folder % u'/' % name;
    if (const auto kept = common::writePrivateFile(path, tail.torn); !kept) {
        common::Error error{kept.error().kind, u"The audit trail cannot be written."_s};
        error.detail = kept.error().message;
        return common::failure(std::move(error));
    }
    CanonicalObject record;
    record.text("file", name.toUtf8())
        .number("torn_bytes", tail.torn.size())
        .number("torn_lines", tail.tornLines)
        .text("torn_sha256", common::Sha256::of(tail.torn).toHex());
    m_state.recovered = std::move(record);
    m_notice = u"The audit trail had an unclean end. What was torn is kept as “%1”."_s.arg(name);
    return {};
}

void AuditWriter::setTerms(AuditTerms terms)
{
    m_terms = std::move(terms);
    m_publicKey = m_terms.signingSeed.isEmpty() ? QByteArray()
                                                : common::signing::publicKeyOf(m_terms.signingSeed);
}

AuditWriter::Circumstances AuditWriter::circumstancesOf(const relay::AuditRules &rules) const
{
    return {
        m_terms.mode,
        rules.strict,
        rules.hashKeyId,
        rules.sessionKey,
        m_publicKey,
        m_terms.sessionSigningKey};
}

CanonicalObject AuditWriter::timed() const
{
    CanonicalObject record;
    record.text("time", auditTime(m_clock.wallNow()));
    return record;
}

void AuditWriter::link(Draft &draft, CanonicalObject record, QByteArrayView kind)
{
    ChainHead &head = draft.state.head;
    record.text("kind", kind).number("n", std::int64_t(head.n + 1)).text("prev", head.hash.toHex());
    const QByteArray json = record.toJson();
    const QByteArray hash = chainHash(head.hash, json);
    draft.bytes += auditLine(hash, json);
    draft.bytes += '\n';
    head = {head.n + 1, hash};
    ++draft.state.sinceHead;
}

void AuditWriter::add(Draft &draft, CanonicalObject record, QByteArrayView kind) const
{
    link(draft, std::move(record), kind);
    if (draft.state.sinceHead >= m_place.headEvery) {
        addHead(draft);
    }
}

void AuditWriter::addHead(Draft &draft) const
{
    CanonicalObject record;
    const QByteArray time = auditTime(m_clock.wallNow());
    record.text("time", time);
    if (!m_terms.signingSeed.isEmpty()) {
        const QByteArray message = headMessage(draft.state.head, time);
        record.text("signature", common::signing::sign(m_terms.signingSeed, message).toHex());
    }
    link(draft, std::move(record), "head");
    draft.state.sinceHead = 0;
}

void AuditWriter::addCircumstances(Draft &draft, const Circumstances &now) const
{
    const bool beginsSegment = draft.bytes.isEmpty() && m_file->size() == 0;
    if (!beginsSegment && draft.state.told == now) {
        return;
    }
    CanonicalObject record = timed();
    record.text("program", "FreeRelay " FREERELAY_VERSION)
        .text("run", m_place.run)
        .text("mode", now.mode)
        .flag("strict", now.strict)
        .textIfAny("hash_key", now.hashKeyId)
        .textIfAny("public_key", now.publicKey.toHex());
    if (!now.hashKeyId.isEmpty()) {
        record.flag("session_hash_key", now.sessionHashKey);
    }
    if (!now.publicKey.isEmpty()) {
        record.flag("session_signing_key", now.sessionSigningKey);
    }
    if (beginsSegment) {
        record.number("format", auditFormat)
            .number("segment", m_segment)
            .number("head_every", m_place.headEvery);
    }
    const bool beginsRun = !draft.state.told;
    draft.state.told = now;
    add(draft, std::move(record), beginsSegment ? "segment" : "settings");
    if (beginsRun) {
        addHead(draft); // covers what a run before may have left without one
    }
}

/// A file that may be appended to.
Result<void> AuditWriter::prepareFile()
{
    if (m_file && m_file->hasRemains()) {
        // A failure has left a part of a batch in it: once more.
        if (const auto cut = m_file->cutTo(m_file->size()); !cut) {
            return cut;
        }
    }
    if (m_file && !m_file->isInPlace()) {
        m_file.reset(); // somebody has moved, removed or changed it: go on in a new one
    }
    if (m_file && m_file->size() >= m_place.maxSegmentBytes) {
        if (const auto head = commitHead(); !head) {
            return head;
        }
        m_file.reset();
    }
    return m_file ? Result<void>() : beginSegment();
}

Result<void> AuditWriter::beginSegment()
{
    if (const auto folder = common::ensurePrivateFolder(m_place.folder); !folder) {
        common::Error error{folder.error().kind, u"The audit trail cannot be written."_s};
        error.detail = folder.error().message;
        return common::failure(std::move(error));
    }
    const std::vector<int> numbers = segmentNumbers(m_place.folder);
    const int number = std::max(m_segment, numbers.empty() ? 0 : numbers.back()) + 1;
    auto file = SegmentFile::create(m_place.folder % u'/' % segmentName(number));
    if (!file) {
        return common::failure(file.error());
    }
    m_file = std::make_unique<SegmentFile>(*std::move(file));
    m_segment = number;
    return {};
}

Result<AuditWriter::Draft> AuditWriter::beginDraft(const Circumstances &now)
{
    if (const auto ready = prepareFile(); !ready) {
        return common::failure(ready.error());
    }
    Draft draft{m_state, {}};
    addCircumstances(draft, now);
    if (draft.state.recovered) {
        CanonicalObject record = *std::exchange(draft.state.recovered, std::nullopt);
        record.text("time", auditTime(m_clock.wallNow()));
        add(draft, std::move(record), "recovered");
    }
    return draft;
}

Result<void> AuditWriter::commit(Draft draft)
{
    if (const auto written = m_file->append(draft.bytes); !written) {
        return written;
    }
    m_state = std::move(draft.state);
    return {};
}

Result<void> AuditWriter::write(const std::vector<AuditItem> &items, std::uint64_t lost)
{
    if (items.empty()) {
        return {};
    }
    auto draft = beginDraft(circumstancesOf(*items.front().entry.rules));
    if (!draft) {
        return common::failure(draft.error());
    }
    if (lost > draft->state.lostTold) {
        CanonicalObject record = timed();
        record.number("dropped", std::int64_t(lost - draft->state.lostTold));
        draft->state.lostTold = lost;
        add(*draft, std::move(record), "gap");
    }
    for (const AuditItem &item : items) {
        addCircumstances(*draft, circumstancesOf(*item.entry.rules));
        CanonicalObject record = requestRecord(item.entry, m_hasher);
        if (item.withheld) {
            record.flag("withheld", true);
        }
        add(*draft, std::move(record), "request");
    }
    return commit(*std::move(draft));
}

Result<void> AuditWriter::commitHead()
{
    if (!m_state.told || !owesHead()) {
        return {};
    }
    Draft draft{m_state, {}};
    addHead(draft);
    return commit(std::move(draft));
}

Result<void> AuditWriter::writeHead()
{
    if (!m_state.told || !owesHead()) {
        return {};
    }
    if (const auto ready = prepareFile(); !ready) {
        return ready;
    }
    Draft draft{m_state, {}};
    if (m_file->size() == 0) {
        addCircumstances(draft, *m_state.told);
    }
    addHead(draft);
    return commit(std::move(draft));
}

Result<void> AuditWriter::writeEnd(QByteArrayView why)
{
    if (!m_state.told) {
        return {};
    }
    if (const auto ready = prepareFile(); !ready) {
        return ready;
    }
    Draft draft{m_state, {}};
    if (m_file->size() == 0) {
        addCircumstances(draft, *m_state.told);
    }
    CanonicalObject record = timed();
    record.text("why", why);
    add(draft, std::move(record), "stop");
    addHead(draft);
    draft.state.told.reset();
    return commit(std::move(draft));
}

} // namespace freerelay::store
