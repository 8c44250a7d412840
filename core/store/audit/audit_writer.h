#pragma once

#include "core/common/clock.h"
#include "core/common/result.h"
#include "core/common/secret.h"
#include "core/store/audit/audit_format.h"
#include "core/store/audit/audit_records.h"
#include "core/store/audit/segment_file.h"

#include <memory>
#include <optional>
#include <vector>

namespace freerelay::store {

struct AuditTail;

/// What the user decided about the trail, with the key that signs it.
struct AuditTerms
{
    QByteArray mode = QByteArrayLiteral("none"); ///< "none", "standard" or "signed"
    bool strict = false;
    common::Secret signingSeed{}; ///< empty unless signed
    bool sessionSigningKey = false; ///< it is kept nowhere and gone with this run

    [[nodiscard]] bool isOn() const { return mode != "none"; }
};

/// An entry that is to be written.
struct AuditItem
{
    relay::AuditEntry entry;
    bool withheld = false; ///< the end of its answer was not sent, because this failed at first
};

struct AuditPlace
{
    QString folder; ///< made (0700) when it is missing
    qint64 maxSegmentBytes = qint64(16) * 1024 * 1024;
    int headEvery = 1'000; ///< records
    QByteArray run; ///< names this run of the program
};

/// Appends to the trail of one folder: numbers, links, signs, and begins new segments. One thread.
class AuditWriter
{
public:
    /// Finds the end of the trail; what an unclean end has torn is set aside as
    /// "<segment>.torn-<number of the record it would have been>", and the next record says so.
    /// @param clock  outlives the writer
    /// @return StorageFailed, PermissionDenied; Unavailable when another program writes it
    [[nodiscard]] static common::Result<std::unique_ptr<AuditWriter>>
    open(AuditPlace place, const common::Clock &clock);

    /// From the next record on.
    void setTerms(AuditTerms terms);

    /// Writes all of `items` or none, and waits for the disk.
    /// @param lost  entries of this run that never will be written, in all
    [[nodiscard]] common::Result<void>
    write(const std::vector<AuditItem> &items, std::uint64_t lost);
    /// A head, if anything was written since the last one.
    [[nodiscard]] common::Result<void> writeHead();
    /// What ends a run ("exit") or a time of auditing ("off"): a record that says so, and a head.
    /// Nothing when nothing was written.
    [[nodiscard]] common::Result<void> writeEnd(QByteArrayView why);

    [[nodiscard]] bool owesHead() const { return m_state.sinceHead > 0; }
    /// Between requests: lets go of what only speeds up the next record.
    void rest() { m_hasher.forget(); }
    /// What was found at the start, as a sentence; "" = all was well.
    [[nodiscard]] const QString &notice() const { return m_notice; }

private:
    /// Who wrote under what: what a "segment" or "settings" record tells.
    struct Circumstances
    {
        QByteArray mode;
        bool strict = false;
        QByteArray hashKeyId;
        bool sessionHashKey = false;
        QByteArray publicKey;
        bool sessionSigningKey = false;

        bool operator==(const Circumstances &) const = default;
    };
    /// All that a batch changes; kept only when the batch is on the disk.
    struct State
    {
        ChainHead head;
        int sinceHead = 0; ///< records since the last head
        std::uint64_t lostTold = 0;
        std::optional<Circumstances> told; ///< in this run
        std::optional<CanonicalObject> recovered; ///< to be told
    };
    struct Draft
    {
        State state;
        QByteArray bytes;
    };

    AuditWriter(AuditPlace place, const common::Clock &clock);
    [[nodiscard]] common::Result<void> goOn();
    [[nodiscard]] common::Result<void> lock(int segment);
    [[nodiscard]] common::Result<void> setAside(const AuditTail &tail);
    [[nodiscard]] common::Result<void> keepTorn(const AuditTail &tail);
    [[nodiscard]] common::Result<void> prepareFile();
    [[nodiscard]] common::Result<void> beginSegment();
    [[nodiscard]] common::Result<Draft> beginDraft(const Circumstances &now);
    [[nodiscard]] common::Result<void> commit(Draft draft);
    [[nodiscard]] common::Result<void> commitHead();

    void addCircumstances(Draft &draft, const Circumstances &now) const;
    void addHead(Draft &draft) const;
    /// With a head behind it when one is due.
    void add(Draft &draft, CanonicalObject record, QByteArrayView kind) const;
    static void link(Draft &draft, CanonicalObject record, QByteArrayView kind);
    [[nodiscard]] CanonicalObject timed() const;
    [[nodiscard]] Circumstances circumstancesOf(const relay::AuditRules &rules) const;

    AuditPlace m_place;
    const common::Clock &m_clock;
    AuditTerms m_terms;
    QByteArray m_publicKey; ///< of the terms; "" = not signed
    DecisionHasher m_hasher;
    State m_state;
    int m_segment = 0; ///< the last one; 0 = none
    std::unique_ptr<SegmentFile> m_file; ///< null = the next record begins a segment
    QString m_notice;
};

} // namespace freerelay::store
