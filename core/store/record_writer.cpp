#include "record_writer.h"

#include "core/store/record_columns.h"

#include <QCryptographicHash>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::store {

namespace {

using common::Result;

/// So many digests are remembered; beyond, they are looked up in the file again.
constexpr qsizetype maxKnownSets = 2'000;

std::int64_t restsUntilSeconds(common::WallTime time)
{
    return std::chrono::round<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// Two lists with the same digest say the same. Whole seconds: the same rest, looked at twice, is
/// told with a jitter of microseconds.
QByteArray digestOf(const std::vector<relay::CandidateRecord> &candidates)
{
    QByteArray text;
    text.reserve(qsizetype(candidates.size()) * 96);
    for (const relay::CandidateRecord &candidate : candidates) {
        for (const QByteArray &part :
             {candidate.provider,
              candidate.model,
              candidate.keyFingerprint,
              candidate.tier,
              candidate.disqualified}) {
            text += part;
            text += '\0';
        }
        text += candidate.paid ? '1' : '0';
        if (candidate.restsUntil) {
            text += QByteArray::number(qlonglong(restsUntilSeconds(*candidate.restsUntil)));
        }
        text += '\n';
    }
    return QCryptographicHash::hash(text, QCryptographicHash::Blake2b_160);
}

QByteArray wordOf(common::Mode mode)
{
    switch (mode) {
    case common::Mode::Free:
        return "free"_ba;
    case common::Mode::Paid:
        return "paid"_ba;
    case common::Mode::Auto:
        return "auto"_ba;
    }
    return "auto"_ba;
}

template <typename T> std::optional<std::int64_t> countOf(const std::optional<T> &time)
{
    return time ? std::optional(std::int64_t(time->count())) : std::nullopt;
}

/// Binds the columns of the decision, all NULL when there was none.
void bindDecision(
    Statement &statement, int first, const relay::Outcome &outcome, std::int64_t decisionSet)
{
    const std::optional<relay::RoutingDecision> &decision = outcome.decision;
    if (!decision) {
        for (int column = 0; column < decisionColumns; ++column) {
            statement.bindNull(first + column);
        }
        return;
    }
    statement.bind(first++, wordOf(decision->mode));
    statement.bind(first++, decision->target);
    statement.bind(first++, decision->needsTools);
    statement.bind(first++, decision->needsVision);
    statement.bind(first++, decision->needsJsonSchema);
    statement.bind(first++, decision->promptTokensEstimated);
    statement.bind(first++, decision->outputTokensRequested);
    statement.bind(first++, std::int64_t(decision->snapshotVersion));
    statement.bind(first++, std::int64_t(decision->duration.count()));
    statement.bind(first, decisionSet);
}

} // namespace

Result<std::unique_ptr<RecordWriter>> RecordWriter::create(Database &database, common::WallTime now)
{
    std::unique_ptr<RecordWriter> writer(new RecordWriter(database));
    if (const auto prepared = writer->prepare(now); !prepared) {
        return common::failure(prepared.error());
    }
    return writer;
}

Result<void> RecordWriter::prepare(common::WallTime now)
{
    const std::pair<Statement *, QByteArray> statements[]{
        {&m_insertRequest, insertRequestSql()},
        {&m_insertAttempt,
         "INSERT INTO attempts(request, number, provider, model, key_fingerprint, tier, status,"
         " failure, started_after_us, ttft_us, duration_us)"
         " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"_ba},
        {&m_findSet, "SELECT id FROM decision_sets WHERE digest = ?1"_ba},
        {&m_insertSet,
         "INSERT INTO decision_sets(digest, ranked, last_used_us) VALUES(?1, ?2, ?3)"_ba},
        {&m_insertCandidate,
         "INSERT INTO decision_candidates(decision_set, position, provider, model,"
         " key_fingerprint, tier, paid, disqualified, rests_until_s)"
         " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"_ba},
        {&m_markRetried,
         "UPDATE requests SET client_retried = coalesce(client_retried, 0) + 1 WHERE id = ?1"
         " RETURNING time_us, provider, model, app"_ba},
        {&m_markRegenerated,
         "UPDATE requests SET client_regenerated = coalesce(client_regenerated, 0) + 1"
         " WHERE id = ?1 RETURNING time_us, provider, model, app"_ba},
        {&m_insertAmendment,
         "INSERT INTO amendments(request, kind, time_us, other) VALUES(?1, ?2, ?3, ?4)"_ba},
        {&m_touchSet,
         "UPDATE decision_sets SET last_used_us = max(last_used_us, ?2) WHERE id = ?1"_ba}};
    for (const auto &[target, sql] : statements) {
        auto statement = m_database.prepare(sql);
        if (!statement) {
            return common::failure(statement.error());
        }
        *target = std::move(*statement);
    }
    auto totals = TotalsBatch::create(m_database);
    if (!totals) {
        return common::failure(totals.error());
    }
    m_totals = std::make_unique<TotalsBatch>(std::move(*totals));

    auto insertRun = m_database.prepare("INSERT INTO runs(started_us, version) VALUES(?1, ?2)");
    if (!insertRun) {
        return common::failure(insertRun.error());
    }
    const QByteArray version = FREERELAY_VERSION;
    insertRun->bindAll(microseconds(now), version);
    auto inserted = insertRun->run();
    m_run = m_database.lastInsertId();
    return inserted;
}

Result<void> RecordWriter::write(std::span<const std::shared_ptr<const relay::Outcome>> batch)
{
    auto transaction = Transaction::begin(m_database);
    if (!transaction) {
        return common::failure(transaction.error());
    }
    auto written = writeAll(batch);
    if (written) {
        written = transaction->commit();
    }
    if (!written) {
        m_totals->clear();
        m_sets.clear(); // some of them were rolled back
        m_repeats.clear();
    }
    return written;
}

Result<void> RecordWriter::writeAll(std::span<const std::shared_ptr<const relay::Outcome>> batch)
{
    // Workers end their requests side by side, and what repeats another one is found behind it.
    std::vector<std::shared_ptr<const relay::Outcome>> ordered(batch.begin(), batch.end());
    std::stable_sort(ordered.begin(), ordered.end(), [](const auto &a, const auto &b) {
        return a->time < b->time;
    });
    for (const std::shared_ptr<const relay::Outcome> &outcome : ordered) {
        if (auto inserted = insert(*outcome); !inserted) {
            return inserted;
        }
        m_totals->add(*outcome);
    }
    if (auto flushed = m_totals->flush(); !flushed) {
        return flushed;
    }
    return noteUsedSets();
}

Result<void> RecordWriter::insert(const relay::Outcome &outcome)
{
    std::int64_t decisionSet = 0;
    if (outcome.decision) {
        const auto set = setOf(*outcome.decision, microseconds(outcome.time));
        if (!set) {
            return common::failure(set.error());
        }
        decisionSet = *set;
    }
    m_insertRequest.bindAll(
        outcome.requestId,
        m_run,
        microseconds(outcome.time),
        relay::appOf(outcome),
        outcome.appVersion,
        relay::programOf(outcome),
        outcome.askedModel,
        outcome.provider,
        outcome.model,
        outcome.keyFingerprint,
        outcome.tier,
        outcome.paid,
        outcome.status,
        outcome.stream,
        outcome.brokenStream,
        relay::isFailure(outcome),
        outcome.errorClass,
        outcome.error,
        outcome.finishReason,
        outcome.retryCause,
        std::int64_t(outcome.attempts.size()),
        countOf(outcome.ttft),
        std::int64_t(outcome.duration.count()),
        std::int64_t(outcome.parseTime.count()),
        countOf(outcome.streamTime),
        outcome.promptTokens,
        outcome.completionTokens,
        outcome.cachedTokens,
        outcome.reasoningTokens,
        outcome.cost ? std::optional(outcome.cost->count) : std::nullopt,
        outcome.hedge != relay::Hedge::None,
        relay::hedgeWord(outcome.hedge),
        outcome.trace.isRecorded() ? outcome.trace.traceId : QByteArray());
    bindDecision(m_insertRequest, ownColumns + 1, outcome, decisionSet);
    if (auto inserted = m_insertRequest.run(); !inserted) {
        return inserted;
    }
    const std::int64_t row = m_database.lastInsertId();
    if (auto inserted = insertAttempts(outcome, row); !inserted) {
        return inserted;
    }
    const std::optional<Repeat> repeat = m_repeats.add(outcome, row);
    return repeat ? amend(*repeat, outcome, row) : Result<void>();
}

/// The mark is in the row as well, so that a list need not look among the amendments.
Result<void>
RecordWriter::amend(const Repeat &repeat, const relay::Outcome &later, std::int64_t laterRow)
{
    const bool retried = repeat.kind == Repeat::Kind::Retried;
    Statement &mark = retried ? m_markRetried : m_markRegenerated;
    mark.bindAll(repeat.earlier);
    const Result<bool> marked = mark.step();
    if (!marked) {
        return common::failure(marked.error());
    }
    if (!*marked) {
        mark.reset();
        return {}; // it was deleted meanwhile
    }
    const TotalsPlace place{mark.integer(0), mark.text(1), mark.text(2), mark.text(3)};
    if (auto done = mark.run(); !done) {
        return done;
    }
    m_totals->addRepeat(place, repeat.kind);
    const QByteArray kind = retried ? "client_retried"_ba : "client_regenerated"_ba;
    m_insertAmendment.bindAll(repeat.earlier, kind, microseconds(later.time), laterRow);
    return m_insertAmendment.run();
}

Result<void> RecordWriter::insertAttempts(const relay::Outcome &outcome, std::int64_t request)
{
    std::int64_t number = 0;
    for (const relay::AttemptRecord &attempt : outcome.attempts) {
        m_insertAttempt.bindAll(
            request,
            ++number,
            attempt.provider,
            attempt.model,
            attempt.keyFingerprint,
            attempt.tier,
            attempt.status,
            attempt.failure,
            std::int64_t(attempt.startedAfter.count()),
            countOf(attempt.ttft),
            std::int64_t(attempt.duration.count()));
        if (auto inserted = m_insertAttempt.run(); !inserted) {
            return inserted;
        }
    }
    return {};
}

RecordWriter::KnownSet *RecordWriter::recentSet(const relay::CandidateList &list)
{
    for (auto recent = m_recent.crbegin(); recent != m_recent.crend(); ++recent) {
        if (recent->list->isSameAs(list)) {
            const auto known = m_sets.find(recent->digest);
            return known != m_sets.end() ? &*known : nullptr;
        }
    }
    return nullptr;
}

void RecordWriter::noteRecent(
    const std::shared_ptr<const relay::CandidateList> &list, QByteArray digest)
{
    if (m_recent.size() >= maxRecent) {
        m_recent.erase(m_recent.begin());
    }
    m_recent.push_back({list, std::move(digest)});
}

Result<std::int64_t>
RecordWriter::setOf(const relay::RoutingDecision &decision, std::int64_t timeUs)
{
    KnownSet *known = decision.candidates ? recentSet(*decision.candidates) : nullptr;
    if (known == nullptr) {
        const auto found = spelledSet(decision, timeUs);
        if (!found) {
            return common::failure(found.error());
        }
        known = *found;
    }
    known->used = true;
    known->lastUsedUs = std::max(known->lastUsedUs, timeUs);
    return known->id;
}

/// By what the list says.
Result<RecordWriter::KnownSet *>
RecordWriter::spelledSet(const relay::RoutingDecision &decision, std::int64_t timeUs)
{
    std::vector<relay::CandidateRecord> candidates;
    std::int64_t ranked = 0;
    if (decision.candidates) {
        candidates = decision.candidates->spellOut();
        ranked = std::int64_t(decision.candidates->rankedCount());
    }
    const QByteArray digest = digestOf(candidates);
    auto known = m_sets.find(digest);
    if (known == m_sets.end()) {
        const auto id = loadOrInsertSet(digest, candidates, ranked, timeUs);
        if (!id) {
            return common::failure(id.error());
        }
        known = m_sets.insert(digest, {*id, timeUs, true});
    }
    if (decision.candidates) {
        noteRecent(decision.candidates, digest);
    }
    return &*known;
}

Result<std::int64_t> RecordWriter::loadOrInsertSet(
    const QByteArray &digest,
    const std::vector<relay::CandidateRecord> &candidates,
    std::int64_t ranked,
    std::int64_t timeUs)
{
    m_findSet.bindBlob(1, digest);
    const Result<bool> found = m_findSet.step();
    if (!found) {
        return common::failure(found.error());
    }
    const std::int64_t known = *found ? m_findSet.integer(0) : 0;
    m_findSet.reset();
    if (*found) {
        return known;
    }
    m_insertSet.bindBlob(1, digest);
    m_insertSet.bind(2, ranked);
    m_insertSet.bind(3, timeUs);
    if (const auto inserted = m_insertSet.run(); !inserted) {
        return common::failure(inserted.error());
    }
    const std::int64_t id = m_database.lastInsertId();
    std::int64_t position = 0;
    for (const relay::CandidateRecord &candidate : candidates) {
        m_insertCandidate.bindAll(
            id,
            position++,
            candidate.provider,
            candidate.model,
            candidate.keyFingerprint,
            candidate.tier,
            candidate.paid,
            candidate.disqualified,
            candidate.restsUntil ? std::optional(restsUntilSeconds(*candidate.restsUntil))
                                 : std::nullopt);
        if (const auto inserted = m_insertCandidate.run(); !inserted) {
            return common::failure(inserted.error());
        }
    }
    return id;
}

/// Retention goes by it: a set may be deleted when all requests that used it are.
Result<void> RecordWriter::noteUsedSets()
{
    for (KnownSet &known : m_sets) {
        if (!std::exchange(known.used, false)) {
            continue;
        }
        m_touchSet.bindAll(known.id, known.lastUsedUs);
        if (auto touched = m_touchSet.run(); !touched) {
            return touched;
        }
    }
    if (m_sets.size() > maxKnownSets) {
        m_sets.clear();
    }
    return {};
}

} // namespace freerelay::store
