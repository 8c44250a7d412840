#include "salvage.h"

#include "core/store/around_damage.h"
#include "core/store/database.h"
#include "core/store/record_file.h"
#include "core/store/totals.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHash>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace freerelay::store {

namespace {

using common::ErrorKind;
using common::Result;

/// Requests in one transaction: the gateway that runs meanwhile waits no longer than for these.
constexpr int batchSize = 500;
constexpr std::chrono::milliseconds lockWait = 10s;
constexpr auto recoveredSuffix = ".recovered"_L1;

/// Names of a table's columns; none when there is no such table.
Result<QList<QByteArray>> columnsOf(Database &database, const QByteArray &table)
{
    auto statement = database.prepare(
        QByteArray("SELECT name FROM pragma_table_info('" + table + "')"));
    if (!statement) {
        return common::failure(statement.error());
    }
    QList<QByteArray> names;
    for (;;) {
        const Result<bool> row = statement->step();
        if (!row) {
            return common::failure(row.error());
        }
        if (!*row) {
            return names;
        }
        names.append(statement->text(0));
    }
}

QByteArray parameters(qsizetype count)
{
    QByteArray text;
    for (qsizetype i = 1; i <= count; ++i) {
        text += (i == 1 ? "?" : ", ?") + QByteArray::number(i);
    }
    return text;
}

/// One damaged file on its way into the present one.
class Salvager
{
public:
    Salvager(Database &from, Database &to)
        : m_from(from)
        , m_to(to)
    { }

    Result<SalvageReport> run();

private:
    Result<void> prepare();
    Result<void> bringRequests();
    Result<void> bringRequest(const Statement &row, std::int64_t oldId);
    Result<void> bringAttempts(std::int64_t oldId, std::int64_t newId);
    Result<std::optional<std::int64_t>> runOf(std::int64_t oldRun);
    Result<std::optional<std::int64_t>> setOf(std::int64_t oldSet);
    Result<std::optional<std::int64_t>> bringSet(std::int64_t oldSet);
    Result<bool> bringCandidates(std::int64_t oldSet, std::int64_t newSet);
    Result<void> bringAmendments();
    Result<void> bringSums();
    Result<bool>
    bringSums(const QList<QByteArray> &columns, Statement &add, const QByteArray &direction);
    Result<void> inTransaction();
    Result<void> endTransaction();
    /// Steps an INSERT whose content may be at fault. @return whether the row is in
    Result<bool> insert(Statement &statement);

    Database &m_from;
    Database &m_to;
    SalvageReport m_report;
    QList<QByteArray> m_requestColumns; ///< request_id, run, decision_set, then the others
    Statement m_findRequest;
    Statement m_insertRequest;
    Statement m_readAttempts;
    Statement m_insertAttempt;
    qsizetype m_attemptColumns = 0;
    QHash<std::int64_t, std::int64_t> m_requests; ///< old id → new id, of those brought over
    QHash<std::int64_t, std::int64_t> m_runs;
    QHash<std::int64_t, std::int64_t> m_sets; ///< 0 = it could not be read
    QList<QByteArray> m_lastSum; ///< key of the row that was read last
    std::optional<Transaction> m_transaction;
    int m_inTransaction = 0;
};

Result<bool> Salvager::insert(Statement &statement)
{
    const Result<void> done = statement.run();
    if (done) {
        return true;
    }
    // A value of a kind that the table does not take: damage that SQLite itself does not see.
    if (done.error().kind == ErrorKind::Internal) {
        ++m_report.lost;
        return false;
    }
    return common::failure(done.error());
}

Result<void> Salvager::prepare()
{
    auto old = columnsOf(m_from, "requests");
    auto present = columnsOf(m_to, "requests");
    if (!old || !present || old->isEmpty()) {
        return common::failure(
            ErrorKind::ProtocolError, u"Nothing of this file can be read any more."_s);
    }
    m_requestColumns = {"request_id", "run", "decision_set"};
    for (const QByteArray &name : *present) {
        if (name != "id" && old->contains(name) && !m_requestColumns.contains(name)) {
            m_requestColumns.append(name);
        }
    }
    const QByteArray attempts
        = "provider, model, key_fingerprint, tier, status, failure, started_after_us, ttft_us,"
          " duration_us";
    m_attemptColumns = attempts.count(',') + 1;
    const std::tuple<Statement *, Database *, QByteArray> statements[]{
        {&m_findRequest, &m_to, "SELECT id FROM requests WHERE request_id = ?1 AND time_us = ?2"},
        {&m_insertRequest,
         &m_to,
         "INSERT INTO requests(" + joinedNames(m_requestColumns) + ") VALUES("
             + parameters(m_requestColumns.size()) + ')'},
        {&m_readAttempts,
         &m_from,
         "SELECT number, " + attempts + " FROM attempts WHERE request = ?1 ORDER BY number"},
        {&m_insertAttempt,
         &m_to,
         "INSERT INTO attempts(request, number, " + attempts + ") VALUES("
             + parameters(m_attemptColumns + 2) + ')'}};
    for (const auto &[target, database, sql] : statements) {
        auto statement = database->prepare(sql);
        if (!statement) {
            return common::failure(statement.error());
        }
        *target = std::move(*statement);
    }
    return {};
}

Result<void> Salvager::inTransaction()
{
    if (!m_transaction) {
        auto begun = Transaction::begin(m_to);
        if (!begun) {
            return common::failure(begun.error());
        }
        m_transaction.emplace(std::move(*begun));
    }
    return {};
}

Result<void> Salvager::endTransaction()
{
    Result<void> done;
    if (m_transaction) {
        done = m_transaction->commit();
        m_transaction.reset();
    }
    m_inTransaction = 0;
    return done;
}

Result<std::optional<std::int64_t>> Salvager::runOf(std::int64_t oldRun)
{
    if (m_runs.contains(oldRun)) {
        return std::optional(m_runs.value(oldRun));
    }
    auto read = m_from.prepare("SELECT started_us, version FROM runs WHERE id = ?1");
    auto add = m_to.prepare("INSERT INTO runs(started_us, version) VALUES(?1, ?2)");
    if (!add) {
        return common::failure(add.error());
    }
    std::int64_t started = 0;
    QByteArray version = "unknown"_ba;
    if (read) {
        read->bindAll(oldRun);
        if (read->step().value_or(false)) {
            started = read->integer(0);
            version = read->text(1);
        }
    }
    add->bindAll(started, version);
    if (const auto added = add->run(); !added) {
        return common::failure(added.error());
    }
    m_runs.insert(oldRun, m_to.lastInsertId());
    return std::optional(m_to.lastInsertId());
}

Result<bool> Salvager::bringCandidates(std::int64_t oldSet, std::int64_t newSet)
{
    const QByteArray columns
        = "position, provider, model, key_fingerprint, tier, paid, disqualified, rests_until_s";
    auto read = m_from.prepare(
        QByteArray("SELECT " + columns + " FROM decision_candidates WHERE decision_set = ?1"));
    auto add = m_to.prepare(QByteArray(
        "INSERT INTO decision_candidates(decision_set, " + columns + ") VALUES("
        + parameters(columns.count(',') + 2) + ')'));
    if (!read || !add) {
        return false;
    }
    read->bindAll(oldSet);
    for (;;) {
        const Result<bool> row = read->step();
        if (!row) {
            return isDamage(row.error()) ? Result<bool>(false) : common::failure(row.error());
        }
        if (!*row) {
            return true;
        }
        add->bind(1, newSet);
        for (int column = 0; column <= int(columns.count(',')); ++column) {
            add->bindColumn(column + 2, *read, column);
        }
        const auto added = insert(*add);
        if (!added || !*added) {
            return added;
        }
    }
}

/// A list that cannot be read whole is none.
Result<std::optional<std::int64_t>> Salvager::bringSet(std::int64_t oldSet)
{
    auto read = m_from.prepare(
        "SELECT digest, ranked, last_used_us FROM decision_sets WHERE id = ?1");
    auto find = m_to.prepare("SELECT id FROM decision_sets WHERE digest = ?1");
    auto add = m_to.prepare(
        "INSERT INTO decision_sets(digest, ranked, last_used_us) VALUES(?1, ?2, ?3)");
    if (!find || !add) {
        return common::failure((find ? add : find).error());
    }
    if (!read) {
        return std::optional<std::int64_t>();
    }
    read->bindAll(oldSet);
    if (!read->step().value_or(false)) {
        return std::optional<std::int64_t>();
    }
    find->bindColumn(1, *read, 0);
    if (find->step().value_or(false)) {
        return std::optional(find->integer(0));
    }
    for (int column = 0; column < 3; ++column) {
        add->bindColumn(column + 1, *read, column);
    }
    if (const auto added = insert(*add); !added || !*added) {
        return added ? Result<std::optional<std::int64_t>>(std::nullopt)
                     : common::failure(added.error());
    }
    const std::int64_t id = m_to.lastInsertId();
    const auto whole = bringCandidates(oldSet, id);
    if (!whole) {
        return common::failure(whole.error());
    }
    if (*whole) {
        ++m_report.decisions;
        return std::optional(id);
    }
    for (const char *sql :
         {"DELETE FROM decision_candidates WHERE decision_set = ?1",
          "DELETE FROM decision_sets WHERE id = ?1"}) {
        auto remove = m_to.prepare(sql);
        if (!remove) {
            return common::failure(remove.error());
        }
        remove->bindAll(id);
        if (const auto removed = remove->run(); !removed) {
            return common::failure(removed.error());
        }
    }
    ++m_report.lost;
    return std::optional<std::int64_t>();
}

Result<std::optional<std::int64_t>> Salvager::setOf(std::int64_t oldSet)
{
    if (!m_sets.contains(oldSet)) {
        const auto brought = bringSet(oldSet);
        if (!brought) {
            return brought;
        }
        m_sets.insert(oldSet, brought->value_or(0));
    }
    const std::int64_t id = m_sets.value(oldSet);
    return id == 0 ? std::nullopt : std::optional(id);
}

Result<void> Salvager::bringAttempts(std::int64_t oldId, std::int64_t newId)
{
    m_readAttempts.bindAll(oldId);
    for (;;) {
        const Result<bool> row = m_readAttempts.step();
        if (!row || !*row) {
            m_report.lost += row ? 0 : 1;
            m_readAttempts.reset();
            return row || isDamage(row.error()) ? Result<void>() : common::failure(row.error());
        }
        m_insertAttempt.bind(1, newId);
        for (int column = 0; column <= int(m_attemptColumns); ++column) {
            m_insertAttempt.bindColumn(column + 2, m_readAttempts, column);
        }
        const auto added = insert(m_insertAttempt);
        if (!added) {
            return common::failure(added.error());
        }
        m_report.attempts += *added ? 1 : 0;
    }
}

/// @param row  id, then m_requestColumns
Result<void> Salvager::bringRequest(const Statement &row, std::int64_t oldId)
{
    if (auto begun = inTransaction(); !begun) {
        return begun;
    }
    const int timeColumn = int(m_requestColumns.indexOf("time_us")) + 1;
    m_findRequest.bindColumn(1, row, 1);
    m_findRequest.bindColumn(2, row, timeColumn);
    const Result<bool> found = m_findRequest.step();
    m_findRequest.reset();
    if (!found) {
        return common::failure(found.error());
    }
    if (*found) {
        ++m_report.known;
        return {};
    }
    const auto run = runOf(row.integer(2));
    const auto set = row.isNull(3) ? Result<std::optional<std::int64_t>>(std::nullopt)
                                   : setOf(row.integer(3));
    if (!run || !set) {
        return common::failure((run ? set : run).error());
    }
    m_insertRequest.bindColumn(1, row, 1);
    m_insertRequest.bind(2, *run);
    m_insertRequest.bind(3, *set);
    for (int column = 3; column < int(m_requestColumns.size()); ++column) {
        m_insertRequest.bindColumn(column + 1, row, column + 1);
    }
    const auto added = insert(m_insertRequest);
    if (!added || !*added) {
        return added ? Result<void>() : common::failure(added.error());
    }
    const std::int64_t newId = m_to.lastInsertId();
    m_requests.insert(oldId, newId);
    ++m_report.requests;
    if (auto attempts = bringAttempts(oldId, newId); !attempts) {
        return attempts;
    }
    return ++m_inTransaction >= batchSize ? endTransaction() : Result<void>();
}

Result<void> Salvager::bringRequests()
{
    AroundDamage requests(m_from, "requests", m_requestColumns);
    auto read = requests.readAll(
        [this](const Statement &row, std::int64_t id) { return bringRequest(row, id); });
    m_report.gaps = m_report.gaps || requests.hasGaps();
    return read ? endTransaction() : read;
}

Result<void> Salvager::bringAmendments()
{
    const QList<QByteArray> columns{"request", "kind", "time_us", "value", "other"};
    const auto present = columnsOf(m_from, "amendments");
    if (!present || present->isEmpty()) {
        return {}; // the file is older than they are
    }
    auto add = m_to.prepare(QByteArray(
        "INSERT INTO amendments(" + joinedNames(columns) + ") VALUES(" + parameters(columns.size())
        + ')'));
    if (!add) {
        return common::failure(add.error());
    }
    if (auto begun = inTransaction(); !begun) {
        return begun;
    }
    AroundDamage amendments(m_from, "amendments", columns);
    auto read = amendments.readAll([&](const Statement &row, std::int64_t) -> Result<void> {
        const auto request = m_requests.constFind(row.integer(1));
        if (request == m_requests.constEnd()) {
            return {}; // it was there already, or is lost
        }
        add->bind(1, *request);
        for (int column = 2; column <= 4; ++column) {
            add->bindColumn(column, row, column);
        }
        const auto other = m_requests.constFind(row.integer(5));
        add->bind(5, other == m_requests.constEnd() ? std::nullopt : std::optional(*other));
        const auto added = insert(*add);
        m_report.amendments += added && *added ? 1 : 0;
        return added ? Result<void>() : common::failure(added.error());
    });
    m_report.gaps = m_report.gaps || amendments.hasGaps();
    return read ? endTransaction() : read;
}

/// All at once: adding them up twice must not be possible.
Result<void> Salvager::bringSums()
{
    const auto old = columnsOf(m_from, "totals");
    if (!old || old->isEmpty()) {
        m_report.gaps = true;
        return {};
    }
    QList<QByteArray> columns = totalsKeyColumns();
    QByteArray sums;
    for (const QByteArray &name : totalsSumColumns()) {
        if (old->contains(name)) {
            columns.append(name);
            sums += (sums.isEmpty() ? "" : ", ") + name + " = " + name + " + excluded." + name;
        }
    }
    auto add = m_to.prepare(QByteArray(
        "INSERT INTO totals(" + joinedNames(columns) + ") VALUES(" + parameters(columns.size())
        + ") ON CONFLICT DO UPDATE SET " + sums));
    if (!add) {
        return common::failure(add.error());
    }
    if (auto begun = inTransaction(); !begun) {
        return begun;
    }
    // From both ends up to the damage between them.
    auto whole = bringSums(columns, *add, " ASC");
    if (whole && !*whole) {
        m_report.gaps = true;
        whole = bringSums(columns, *add, " DESC");
    }
    return whole ? endTransaction() : common::failure(whole.error());
}

/// @return whether it got to the end, or to where the other direction had ended
Result<bool>
Salvager::bringSums(const QList<QByteArray> &columns, Statement &add, const QByteArray &direction)
{
    const qsizetype keys = totalsKeyColumns().size();
    const QByteArray order = columns.first(keys).join(direction + ", ") + direction;
    auto read = m_from.prepare(
        QByteArray("SELECT " + joinedNames(columns) + " FROM totals ORDER BY " + order));
    if (!read) {
        return common::failure(read.error());
    }
    const QList<QByteArray> meeting = m_lastSum;
    for (;;) {
        const Result<bool> row = read->step();
        if (!row) {
            return isDamage(row.error()) ? Result<bool>(false) : common::failure(row.error());
        }
        if (!*row) {
            return true;
        }
        m_lastSum.clear();
        for (int column = 0; column < int(columns.size()); ++column) {
            add.bindColumn(column + 1, *read, column);
            if (column < keys) {
                m_lastSum.append(read->text(column));
            }
        }
        if (m_lastSum == meeting) {
            return true;
        }
        const auto added = insert(add);
        if (!added) {
            return added;
        }
        m_report.sums += *added ? 1 : 0;
    }
}

Result<SalvageReport> Salvager::run()
{
    Result<void> done = prepare();
    if (done) {
        done = bringRequests();
    }
    if (done) {
        done = bringAmendments();
    }
    if (done) {
        done = bringSums();
    }
    return done ? Result<SalvageReport>(m_report) : common::failure(done.error());
}

} // namespace

QStringList filesSetAside(const QString &recordsFile)
{
    const QFileInfo info(recordsFile);
    QStringList paths;
    const QDir folder = info.dir();
    const QStringList names = folder.entryList(
        {info.fileName() % ".corrupt-*"_L1}, QDir::Files, QDir::Name);
    for (const QString &name : names) {
        const bool isLog = name.endsWith("-wal"_L1) || name.endsWith("-shm"_L1);
        if (!isLog && !name.endsWith(recoveredSuffix)) {
            paths.append(folder.filePath(name));
        }
    }
    return paths;
}

Result<SalvageReport> salvage(const QString &damagedFile, const QString &recordsFile)
{
    const QFileInfo info(damagedFile);
    const QString real = QFileInfo(info.absolutePath()).canonicalFilePath() % u'/'
        % info.fileName();
    Result<SalvageReport> report = common::failure(ErrorKind::Internal, {});
    {
        auto from = Database::open(real, Database::Access::ReadOnly, lockWait);
        if (!from) {
            return common::failure(from.error());
        }
        // So that SQLite does not refuse a file which is shorter than its head says.
        if (const auto set = from->execute("PRAGMA writable_schema = ON"); !set) {
            return common::failure(set.error());
        }
        auto to = openRecordFile(recordsFile, lockWait);
        if (!to) {
            return common::failure(to.error());
        }
        report = Salvager(*from, *to).run();
    }
    if (!report) {
        return report;
    }
    for (const auto suffix : {"-wal"_L1, "-shm"_L1, ""_L1}) {
        const QString old = real % suffix;
        if (QFile::exists(old) && !QFile::rename(old, real % recoveredSuffix % suffix)) {
            return common::failure(
                ErrorKind::StorageFailed,
                u"The damaged file cannot be renamed; remove it, or its sums are counted twice."_s);
        }
    }
    return report;
}

} // namespace freerelay::store
