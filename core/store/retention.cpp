#include "retention.h"

#include "core/store/record_columns.h"
#include "core/store/totals.h"

#include <array>

namespace freerelay::store {

namespace {

using common::Result;

/// A file that was too large shrinks to this part of the limit, so that not every request that
/// comes makes another one go.
constexpr double shrinkTo = 0.9;

/// Runs `sql` with one parameter. @return rows that were deleted
Result<std::int64_t> deleteRows(Database &database, QByteArrayView sql, std::int64_t parameter)
{
    auto statement = database.prepare(sql);
    if (!statement) {
        return common::failure(statement.error());
    }
    statement->bindAll(parameter);
    if (const auto done = statement->run(); !done) {
        return common::failure(done.error());
    }
    return database.changes();
}

/// Bytes in use: pages that are free do not count, they are about to be given back.
Result<std::int64_t> usedBytes(Database &database)
{
    std::array<std::int64_t, 3> values{};
    const std::array<const char *, 3> pragmas{
        "PRAGMA page_count", "PRAGMA freelist_count", "PRAGMA page_size"};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto value = database.integer(pragmas[i]);
        if (!value) {
            return value;
        }
        values[i] = *value;
    }
    return (values[0] - values[1]) * values[2];
}

} // namespace

Result<bool> Retention::deleteRequestsBefore(Database &database, std::int64_t timeUs)
{
    auto transaction = Transaction::begin(database);
    if (!transaction) {
        return common::failure(transaction.error());
    }
    const QByteArray chosen = "(SELECT id FROM requests WHERE time_us < ?1 ORDER BY time_us LIMIT "
        + QByteArray::number(requestsPerStep) + ')';
    const QByteArray attempts = "DELETE FROM attempts WHERE request IN " + chosen;
    const QByteArray amendments = "DELETE FROM amendments WHERE request IN " + chosen;
    const QByteArray requests = "DELETE FROM requests WHERE id IN " + chosen;
    std::int64_t deleted = 0;
    for (const QByteArray &sql : {attempts, amendments, requests}) {
        const auto rows = deleteRows(database, sql, timeUs);
        if (!rows) {
            return common::failure(rows.error());
        }
        deleted = *rows;
    }
    if (const auto committed = transaction->commit(); !committed) {
        return common::failure(committed.error());
    }
    return deleted == requestsPerStep;
}

Result<bool> Retention::deleteOldestWhenTooLarge(Database &database)
{
    const auto used = usedBytes(database);
    if (!used) {
        return common::failure(used.error());
    }
    const double limit = double(m_rules.maxBytes) * (m_shrinking ? shrinkTo : 1.0);
    if (double(*used) <= limit) {
        m_shrinking = false;
        return false;
    }
    m_shrinking = true;
    // Behind the newest request: the oldest ones are taken, as many as fit into one step.
    const auto newest = database.integer("SELECT max(time_us) FROM requests");
    const auto count = newest ? database.integer("SELECT EXISTS(SELECT 1 FROM requests)") : newest;
    if (!count) {
        return common::failure(count.error());
    }
    if (*count == 0) {
        m_shrinking = false;
        return false;
    }
    const auto more = deleteRequestsBefore(database, *newest + 1);
    return more ? Result<bool>(true) : more;
}

Result<bool> Retention::deleteTotals(Database &database, common::WallTime now)
{
    const std::pair<std::int64_t, std::chrono::hours> rules[]{
        {minuteSpan, m_rules.minutes}, {hourSpan, m_rules.hours}, {daySpan, m_rules.days}};
    for (const auto &[span, age] : rules) {
        const QByteArray sql = "DELETE FROM totals WHERE span_s = "
            + QByteArray::number(qlonglong(span)) + " AND bucket_s < ?1";
        const auto deleted = deleteRows(database, sql, microseconds(now - age) / 1'000'000);
        if (!deleted) {
            return common::failure(deleted.error());
        }
    }
    return false;
}

Result<bool> Retention::deleteDecisionSets(Database &database)
{
    // A set that was used last before the oldest request came belongs to none any more.
    const auto oldest = database.integer(
        "SELECT coalesce(min(time_us), 9223372036854775807) FROM requests");
    if (!oldest) {
        return common::failure(oldest.error());
    }
    auto transaction = Transaction::begin(database);
    if (!transaction) {
        return common::failure(transaction.error());
    }
    for (const char *sql :
         {"DELETE FROM decision_candidates WHERE decision_set IN"
          " (SELECT id FROM decision_sets WHERE last_used_us < ?1)",
          "DELETE FROM decision_sets WHERE last_used_us < ?1"}) {
        const auto deleted = deleteRows(database, sql, *oldest);
        if (!deleted) {
            return common::failure(deleted.error());
        }
        m_deletedSets = m_deletedSets || *deleted > 0;
    }
    if (const auto committed = transaction->commit(); !committed) {
        return common::failure(committed.error());
    }
    return false;
}

Result<bool> Retention::vacuum(Database &database)
{
    const auto free = database.integer("PRAGMA freelist_count");
    if (!free) {
        return common::failure(free.error());
    }
    if (*free == 0) {
        return false;
    }
    const QByteArray sql = "PRAGMA incremental_vacuum(" + QByteArray::number(pagesPerStep) + ')';
    if (const auto done = database.execute(sql.constData()); !done) {
        return common::failure(done.error());
    }
    return *free > pagesPerStep;
}

Result<bool> Retention::runPhase(Database &database, common::WallTime now)
{
    switch (m_phase) {
    case Phase::OldRequests:
        return deleteRequestsBefore(database, microseconds(now - m_rules.requests));
    case Phase::TooMany:
        return deleteOldestWhenTooLarge(database);
    case Phase::Totals:
        return deleteTotals(database, now);
    case Phase::DecisionSets:
        return deleteDecisionSets(database);
    case Phase::Vacuum:
        return vacuum(database);
    case Phase::Done:
        break;
    }
    return false;
}

Result<Retention::Progress> Retention::step(Database &database, common::WallTime now)
{
    if (m_phase == Phase::Done) {
        return Progress::Done;
    }
    const Result<bool> more = runPhase(database, now);
    if (!more) {
        return common::failure(more.error());
    }
    if (!*more) {
        m_phase = Phase(int(m_phase) + 1);
    }
    return m_phase == Phase::Done ? Progress::Done : Progress::More;
}

} // namespace freerelay::store
