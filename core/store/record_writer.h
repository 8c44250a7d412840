#pragma once

#include "core/relay/records.h"
#include "core/store/database.h"
#include "core/store/repeat_finder.h"
#include "core/store/totals.h"

#include <QHash>

#include <memory>
#include <span>

namespace freerelay::store {

/// Puts outcomes into an open file: each batch is one transaction with its requests, attempts,
/// decisions and totals, so that none is ever without the other. A request that repeats an earlier
/// one is noted there as an amendment. Store thread.
class RecordWriter
{
public:
    /// @param database  outlives the writer, stays where it is, and has the newest schema
    [[nodiscard]] static common::Result<std::unique_ptr<RecordWriter>>
    create(Database &database, common::WallTime now);

    /// All or none. @return errors of Database; Internal = the content of this batch is at fault
    [[nodiscard]] common::Result<void>
    write(std::span<const std::shared_ptr<const relay::Outcome>> batch);

    /// To be called after decision sets were deleted.
    void forgetDecisionSets() { m_sets.clear(); }
    /// Lets go of the lists of candidates that it has seen last, and of the configurations that
    /// they keep alive.
    void forgetRecentLists() { m_recent.clear(); }

private:
    /// Most lists are one of these: what they say need not be spelled out again.
    struct RecentList
    {
        std::shared_ptr<const relay::CandidateList> list;
        QByteArray digest;
    };
    static constexpr std::size_t maxRecent = 4;

    struct KnownSet
    {
        std::int64_t id = 0;
        std::int64_t lastUsedUs = 0;
        bool used = false; ///< since its last use was written down
    };

    explicit RecordWriter(Database &database)
        : m_database(database)
    { }
    [[nodiscard]] common::Result<void> prepare(common::WallTime now);
    [[nodiscard]] common::Result<void> insert(const relay::Outcome &outcome);
    [[nodiscard]] common::Result<void>
    insertAttempts(const relay::Outcome &outcome, std::int64_t request);
    [[nodiscard]] common::Result<void>
    amend(const Repeat &repeat, const relay::Outcome &later, std::int64_t laterRow);
    [[nodiscard]] common::Result<std::int64_t>
    setOf(const relay::RoutingDecision &decision, std::int64_t timeUs);
    [[nodiscard]] common::Result<KnownSet *>
    spelledSet(const relay::RoutingDecision &decision, std::int64_t timeUs);
    [[nodiscard]] KnownSet *recentSet(const relay::CandidateList &list);
    void noteRecent(const std::shared_ptr<const relay::CandidateList> &list, QByteArray digest);
    [[nodiscard]] common::Result<std::int64_t> loadOrInsertSet(
        const QByteArray &digest,
        const std::vector<relay::CandidateRecord> &candidates,
        std::int64_t ranked,
        std::int64_t timeUs);
    [[nodiscard]] common::Result<void> noteUsedSets();
    [[nodiscard]] common::Result<void>
    writeAll(std::span<const std::shared_ptr<const relay::Outcome>> batch);

    Database &m_database;
    std::int64_t m_run = 0;
    Statement m_insertRequest;
    Statement m_insertAttempt;
    Statement m_findSet;
    Statement m_insertSet;
    Statement m_insertCandidate;
    Statement m_touchSet;
    Statement m_markRetried;
    Statement m_markRegenerated;
    Statement m_insertAmendment;
    RepeatFinder m_repeats;
    std::unique_ptr<TotalsBatch> m_totals;
    QHash<QByteArray, KnownSet> m_sets; ///< by digest
    std::vector<RecentList> m_recent; ///< the newest last
};

} // namespace freerelay::store
