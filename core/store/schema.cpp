#include "schema.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::store {

namespace {

using common::Result;

constexpr qsizetype keptCopies = 2;

/// Times are microseconds since 1970 (…_us), or seconds (…_s). A column that may be NULL is one
/// that is not known, or one that belongs to a feature that did not take part.
constexpr const char *version1 = R"sql(
CREATE TABLE runs(
    id INTEGER PRIMARY KEY,
    started_us INTEGER NOT NULL,
    version TEXT NOT NULL
) STRICT;

-- What decisions looked at. Most requests see the same as the one before, so each list is kept once.
CREATE TABLE decision_sets(
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    ranked INTEGER NOT NULL,
    last_used_us INTEGER NOT NULL
) STRICT;

CREATE TABLE decision_candidates(
    decision_set INTEGER NOT NULL,
    position INTEGER NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    key_fingerprint TEXT NOT NULL,
    tier TEXT NOT NULL,
    paid INTEGER NOT NULL,
    disqualified TEXT NOT NULL,
    rests_until_s INTEGER,
    PRIMARY KEY(decision_set, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE requests(
    id INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL,
    run INTEGER NOT NULL,
    time_us INTEGER NOT NULL,
    app TEXT NOT NULL,
    app_version TEXT NOT NULL,
    asked_model TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    key_fingerprint TEXT NOT NULL,
    tier TEXT NOT NULL,
    paid INTEGER NOT NULL,
    status INTEGER NOT NULL,
    stream INTEGER NOT NULL,
    broken_stream INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    error_class TEXT NOT NULL,
    error TEXT NOT NULL,
    finish_reason TEXT NOT NULL,
    retry_cause TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    ttft_us INTEGER,
    duration_us INTEGER NOT NULL,
    parse_ns INTEGER NOT NULL,
    stream_us INTEGER,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    cached_tokens INTEGER,
    reasoning_tokens INTEGER,
    mode TEXT,
    target TEXT,
    needs_tools INTEGER,
    needs_vision INTEGER,
    needs_json_schema INTEGER,
    prompt_tokens_estimated INTEGER,
    output_tokens_requested INTEGER,
    snapshot_version INTEGER,
    decision_ns INTEGER,
    decision_set INTEGER,
    policy_version INTEGER,
    confidence_gap REAL,
    namespace TEXT,
    profile TEXT,
    task_family TEXT,
    sla_tier TEXT,
    workflow TEXT,
    hedge_fired INTEGER,
    hedge_winner TEXT,
    validation TEXT,
    output_valid INTEGER,
    schema_passed INTEGER,
    repair_attempts INTEGER,
    repair_success INTEGER,
    hallucination_flags TEXT,
    judge_score REAL,
    compression_ratio REAL,
    context_timings TEXT,
    cache_hit INTEGER,
    cache_similarity REAL,
    agent_run TEXT,
    agent_step INTEGER,
    tool_calls_attempted INTEGER,
    tool_calls_succeeded INTEGER,
    experiment TEXT,
    experiment_arm TEXT,
    cost_micro_usd INTEGER,
    saved_micro_usd INTEGER,
    client_retried INTEGER,
    client_regenerated INTEGER,
    trace_id TEXT
) STRICT;

-- Each ends in the row id by itself, so a page in the order of time needs no sorting.
CREATE INDEX requests_time ON requests(time_us);
CREATE INDEX requests_provider ON requests(provider, time_us);
CREATE INDEX requests_model ON requests(model, time_us);
CREATE INDEX requests_app ON requests(app, time_us);
CREATE INDEX requests_status ON requests(status, time_us);
CREATE INDEX requests_failed ON requests(time_us) WHERE failed = 1;
CREATE INDEX requests_request_id ON requests(request_id);

CREATE TABLE attempts(
    request INTEGER NOT NULL,
    number INTEGER NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    key_fingerprint TEXT NOT NULL,
    tier TEXT NOT NULL,
    status INTEGER NOT NULL,
    failure TEXT NOT NULL,
    started_after_us INTEGER NOT NULL,
    ttft_us INTEGER,
    duration_us INTEGER NOT NULL,
    PRIMARY KEY(request, number)
) STRICT, WITHOUT ROWID;

-- Sums over 60, 3600 and 86400 seconds, from bucket_s on. Requests count where they were answered
-- (provider and model '' when nobody answered), attempts where they were made.
CREATE TABLE totals(
    span_s INTEGER NOT NULL,
    bucket_s INTEGER NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    app TEXT NOT NULL,
    family TEXT NOT NULL,
    requests INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    client_left INTEGER NOT NULL,
    streams INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    failed_attempts INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    unmetered INTEGER NOT NULL,
    duration_us INTEGER NOT NULL,
    ttft_us INTEGER NOT NULL,
    ttft_count INTEGER NOT NULL,
    cost_micro_usd INTEGER,
    saved_micro_usd INTEGER,
    PRIMARY KEY(span_s, bucket_s, provider, model, app, family)
) STRICT, WITHOUT ROWID;
)sql";

/// What LatencyHistogram counts, and what becomes known of a request after its record was written.
constexpr const char *version2 = R"sql(
-- How many requests took up to 10 ms (…_b0), 20 ms (…_b1), and so on twice as long each time;
-- …_b15 counts those above 163,840 ms. Rows of before have zeros: nothing is known of them.
ALTER TABLE totals ADD COLUMN ttft_b0 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN ttft_b1 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN ttft_b2 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN ttft_b3 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN ttft_b4 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN ttft_b5 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN ttft_b6 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN ttft_b7 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN ttft_b8 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN ttft_b9 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN ttft_b10 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN ttft_b11 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN ttft_b12 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN ttft_b13 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN ttft_b14 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN ttft_b15 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN duration_b0 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN duration_b1 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN duration_b2 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN duration_b3 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN duration_b4 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN duration_b5 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN duration_b6 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN duration_b7 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN duration_b8 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN duration_b9 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN duration_b10 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN duration_b11 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN duration_b12 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN duration_b13 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN duration_b14 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN duration_b15 INTEGER NOT NULL DEFAULT 0;

-- Events that belong to an earlier request. client_retried: the same client sent the identical
-- request again within 30 s of its end; client_regenerated: the same prompt within 120 s; `other`
-- is the row of the later request. judge_score: `value` is the score from 0 to 1.
CREATE TABLE amendments(
    id INTEGER PRIMARY KEY,
    request INTEGER NOT NULL,
    kind TEXT NOT NULL,
    time_us INTEGER NOT NULL,
    value REAL,
    other INTEGER
) STRICT;
CREATE INDEX amendments_request ON amendments(request, time_us);
)sql";

/// How often clients sent a request again, summed up with the request that was repeated.
constexpr const char *version3 = R"sql(
ALTER TABLE totals ADD COLUMN client_retried INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN client_regenerated INTEGER NOT NULL DEFAULT 0;
)sql";

/// Which program asked, found out by its connection. Rows of before know of none.
constexpr const char *version4 = R"sql(
ALTER TABLE requests ADD COLUMN process TEXT NOT NULL DEFAULT '';
)sql";

constexpr std::array<Migration, 4> allSteps{
    {{1, version1}, {2, version2}, {3, version3}, {4, version4}}};

/// A copy as SQLite itself makes it, so that what is still in the log file is in it.
Result<void> copyBefore(Database &database, const QString &path, int version)
{
    const QString copy = path % u".before-v%1"_s.arg(version);
    QFile::remove(copy);
    // VACUUM INTO fills an empty file and keeps its mode.
    QFile file(copy);
    if (!file.open(
            QIODevice::WriteOnly | QIODevice::NewOnly, QFile::ReadOwner | QFile::WriteOwner)) {
        return common::failure(
            common::ErrorKind::StorageFailed,
            u"The records file could not be copied before its upgrade."_s);
    }
    file.close();
    auto statement = database.prepare("VACUUM INTO ?1");
    if (!statement) {
        return common::failure(statement.error());
    }
    const QByteArray name = QFile::encodeName(copy);
    statement->bindAll(name);
    return statement->run();
}

void removeOldCopies(const QString &path)
{
    const QFileInfo info(path);
    QDir folder = info.dir();
    const QFileInfoList copies = folder.entryInfoList(
        {info.fileName() % ".before-v*"_L1}, QDir::Files, QDir::Time);
    for (qsizetype i = keptCopies; i < copies.size(); ++i) {
        folder.remove(copies[i].fileName());
    }
}

Result<void> runSteps(Database &database, std::span<const Migration> steps, std::int64_t from)
{
    auto transaction = Transaction::begin(database);
    if (!transaction) {
        return common::failure(transaction.error());
    }
    for (const Migration &step : steps) {
        if (step.version <= from) {
            continue;
        }
        if (auto done = database.execute(step.sql); !done) {
            return done;
        }
        const QByteArray mark = "PRAGMA user_version = " + QByteArray::number(step.version);
        if (auto marked = database.execute(mark.constData()); !marked) {
            return marked;
        }
    }
    return transaction->commit();
}

} // namespace

std::span<const Migration> migrations()
{
    return allSteps;
}

Result<int> migrate(Database &database, const QString &path, std::span<const Migration> steps)
{
    const auto version = database.integer("PRAGMA user_version");
    if (!version) {
        return common::failure(version.error());
    }
    const int newest = steps.back().version;
    if (*version > newest) {
        return common::failure(
            common::ErrorKind::InvalidArgument,
            u"A newer version of FreeRelay has written the records file."_s);
    }
    if (*version < newest) {
        if (*version > 0) {
            if (const auto copied = copyBefore(database, path, newest); !copied) {
                return common::failure(copied.error());
            }
        }
        if (const auto done = runSteps(database, steps, *version); !done) {
            return common::failure(done.error());
        }
        removeOldCopies(path);
    }
    return int(*version);
}

} // namespace freerelay::store
