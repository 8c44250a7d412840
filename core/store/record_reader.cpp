#include "record_reader.h"

#include "core/store/record_columns.h"
#include "core/store/record_file.h"
#include "core/store/schema.h"

#include <QFileInfo>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace freerelay::store {

namespace {

using common::Result;

/// Readers of a WAL file wait for nobody but a writer that is just replacing the log.
constexpr std::chrono::milliseconds lockWait = 2s;

/// The columns of a row, one after the other.
class Row
{
public:
    Row(const Statement &statement, int first)
        : m_statement(statement)
        , m_column(first)
    { }
    QByteArray text() { return m_statement.text(m_column++); }
    std::int64_t integer() { return m_statement.integer(m_column++); }
    bool flag() { return integer() != 0; }
    std::optional<std::int64_t> optionalInteger()
    {
        return m_statement.optionalInteger(m_column++);
    }
    std::chrono::microseconds time() { return std::chrono::microseconds(integer()); }
    std::optional<std::chrono::microseconds> optionalTime()
    {
        const auto count = optionalInteger();
        return count ? std::optional(std::chrono::microseconds(*count)) : std::nullopt;
    }
    [[nodiscard]] bool isNull() const { return m_statement.isNull(m_column); }

private:
    const Statement &m_statement;
    int m_column;
};

class StoredCandidates final : public relay::CandidateList
{
public:
    explicit StoredCandidates(std::vector<relay::CandidateRecord> records)
        : m_records(std::move(records))
    { }
    [[nodiscard]] std::vector<relay::CandidateRecord> spellOut() const override
    {
        return m_records;
    }
    [[nodiscard]] std::size_t size() const override { return m_records.size(); }
    [[nodiscard]] std::size_t rankedCount() const override
    {
        return std::size_t(std::count_if(
            m_records.begin(), m_records.end(), [](const relay::CandidateRecord &record) {
                return record.disqualified.isEmpty();
            }));
    }

private:
    std::vector<relay::CandidateRecord> m_records;
};

relay::RoutingDecision decisionIn(Row &row)
{
    relay::RoutingDecision decision;
    const QByteArray mode = row.text();
    decision.mode = common::modeFromString(QString::fromLatin1(mode)).value_or(common::Mode::Auto);
    decision.target = row.text();
    decision.needsTools = row.flag();
    decision.needsVision = row.flag();
    decision.needsJsonSchema = row.flag();
    decision.promptTokensEstimated = row.integer();
    decision.outputTokensRequested = row.integer();
    decision.snapshotVersion = std::uint64_t(row.integer());
    decision.duration = std::chrono::nanoseconds(row.integer());
    return decision;
}

/// @param statement  its columns: those of pageSql()
StoredRequest requestIn(const Statement &statement)
{
    Row row(statement, 0);
    StoredRequest request;
    relay::Outcome &outcome = request.outcome;
    request.id = row.integer();
    outcome.requestId = row.text();
    request.run = row.integer();
    outcome.time = wallTime(row.integer());
    outcome.app = row.text();
    outcome.appVersion = row.text();
    outcome.process = row.text();
    outcome.askedModel = row.text();
    outcome.provider = row.text();
    outcome.model = row.text();
    outcome.keyFingerprint = row.text();
    outcome.tier = row.text();
    outcome.paid = row.flag();
    outcome.status = int(row.integer());
    outcome.stream = row.flag();
    outcome.brokenStream = row.flag();
    (void)row.flag(); // failed: isFailure() tells it
    outcome.errorClass = row.text();
    outcome.error = row.text();
    outcome.finishReason = row.text();
    outcome.retryCause = row.text();
    request.attemptCount = row.integer();
    outcome.ttft = row.optionalTime();
    outcome.duration = row.time();
    outcome.parseTime = std::chrono::nanoseconds(row.integer());
    outcome.streamTime = row.optionalTime();
    outcome.promptTokens = row.optionalInteger();
    outcome.completionTokens = row.optionalInteger();
    outcome.cachedTokens = row.optionalInteger();
    outcome.reasoningTokens = row.optionalInteger();
    if (const auto cost = row.optionalInteger()) {
        outcome.cost = common::MicroUsd{*cost};
    }
    (void)row.flag(); // hedge_fired: the next one tells it
    outcome.hedge = relay::hedgeFromWord(row.text());
    outcome.trace.traceId = row.text();
    if (!row.isNull()) {
        outcome.decision = decisionIn(row);
    }
    // Behind the columns of the decision, of which the set is read by itself.
    Row later(statement, 1 + ownColumns + decisionColumns);
    request.retried = later.integer();
    request.regenerated = later.integer();
    return request;
}

/// The sentence's part as a LIKE pattern.
QByteArray patternFor(const QString &text)
{
    QByteArray pattern = "%";
    const QByteArray plain = text.toUtf8();
    for (const char c : plain) {
        if (c == '%' || c == '_' || c == '\\') {
            pattern += '\\';
        }
        pattern += c;
    }
    return pattern + '%';
}

void readHistogram(Row &row, LatencyHistogram &histogram)
{
    for (std::int64_t &count : histogram.buckets) {
        count = row.integer();
    }
}

/// @param statement  its columns: those of totalsSql(); the slice is used again for each row
void readSlice(const Statement &statement, const TotalsQuery &query, TotalsSlice &slice)
{
    Row row(statement, 0);
    slice.bucketStart = row.integer();
    slice.provider = row.text();
    slice.model = row.text();
    slice.app = row.text();
    for (std::int64_t Totals::*count : totalsCounts) {
        slice.totals.*count = row.integer();
    }
    if (query.ttfts) {
        readHistogram(row, slice.totals.ttfts);
    }
    if (query.durations) {
        readHistogram(row, slice.totals.durations);
    }
}

/// Calls `take` for each row.
template <typename Take> Result<void> forEachRow(Statement &statement, Take take)
{
    for (;;) {
        const Result<bool> row = statement.step();
        if (!row) {
            return common::failure(row.error());
        }
        if (!*row) {
            return {};
        }
        take(statement);
    }
}

std::int64_t secondsDown(common::WallTime time, std::int64_t span)
{
    const std::int64_t seconds = microseconds(time) / 1'000'000;
    return seconds - seconds % span;
}

std::int64_t secondsUp(common::WallTime time, std::int64_t span)
{
    const std::int64_t down = secondsDown(time, span);
    return down * 1'000'000 == microseconds(time) ? down : down + span;
}

tl::unexpected<common::Error> nothingYet()
{
    return common::failure(common::ErrorKind::NotFound, u"Nothing has been recorded yet."_s);
}

} // namespace

Result<Statement> RecordReader::prepare(const QByteArray &sql)
{
    if (m_database && m_database->hasMoved()) {
        m_database.reset();
    }
    if (!m_database) {
        const QFileInfo info(m_path);
        if (!info.exists()) {
            return nothingYet();
        }
        auto database = Database::open(realPathOf(m_path), Database::Access::ReadOnly, lockWait);
        if (!database) {
            return common::failure(database.error());
        }
        // The writer makes the file before it makes its tables, or brings them up to date.
        const auto version = database->integer("PRAGMA user_version");
        if (!version || *version == 0) {
            return version ? nothingYet() : common::failure(version.error());
        }
        if (*version < migrations().back().version) {
            return common::failure(
                common::ErrorKind::Unavailable,
                u"The records file is being brought up to date. Ask again in a moment."_s);
        }
        m_database = std::make_unique<Database>(std::move(*database));
    }
    return m_database->prepare(sql);
}

Result<RequestPage>
RecordReader::requests(const RequestFilter &filter, int limit, const std::optional<PageKey> &after)
{
    auto statement = prepare(pageSql(filter, after.has_value()));
    if (!statement) {
        return common::failure(statement.error());
    }
    const int wanted = std::clamp(limit, 1, maxPage);
    const QByteArray pattern = patternFor(filter.errorText);
    const auto instant = [](const std::optional<common::WallTime> &time) {
        return time ? std::optional(microseconds(*time)) : std::nullopt;
    };
    statement->bindAll(
        filter.provider,
        filter.model,
        filter.app,
        filter.status ? std::optional(std::int64_t(*filter.status)) : std::nullopt,
        pattern,
        instant(filter.from),
        instant(filter.until),
        after ? std::optional(after->timeUs) : std::nullopt,
        after ? std::optional(after->id) : std::nullopt,
        wanted + 1); // one more tells whether there is another page
    if (filter.statuses) {
        constexpr int firstParameter = 11;
        statement->bind(firstParameter, filter.statuses->first);
        statement->bind(firstParameter + 1, filter.statuses->last);
    }
    RequestPage page;
    const auto read = forEachRow(
        *statement, [&page](const Statement &row) { page.requests.push_back(requestIn(row)); });
    if (!read) {
        return common::failure(read.error());
    }
    if (page.requests.size() > std::size_t(wanted)) {
        page.requests.pop_back();
        const StoredRequest &last = page.requests.back();
        page.next = PageKey{microseconds(last.outcome.time), last.id};
    }
    return page;
}

Result<StoredRequest> RecordReader::request(const QByteArray &requestId)
{
    auto statement = prepare(requestSql());
    if (!statement) {
        return common::failure(statement.error());
    }
    statement->bindAll(requestId);
    const Result<bool> row = statement->step();
    if (!row) {
        return common::failure(row.error());
    }
    if (!*row) {
        return common::failure(
            common::ErrorKind::NotFound, u"There is no record of this request."_s);
    }
    StoredRequest request = requestIn(*statement);
    const std::int64_t set = statement->integer(ownColumns + decisionColumns);
    if (const auto added = addAttempts(request); !added) {
        return common::failure(added.error());
    }
    if (const auto added = addAmendments(request); !added) {
        return common::failure(added.error());
    }
    if (request.outcome.decision) {
        if (const auto added = addCandidates(request, set); !added) {
            return common::failure(added.error());
        }
    }
    return request;
}

Result<void> RecordReader::addAttempts(StoredRequest &request)
{
    auto statement = prepare(attemptsSql());
    if (!statement) {
        return common::failure(statement.error());
    }
    statement->bindAll(request.id);
    return forEachRow(*statement, [&request](const Statement &columns) {
        Row row(columns, 0);
        relay::AttemptRecord attempt;
        attempt.provider = row.text();
        attempt.model = row.text();
        attempt.keyFingerprint = row.text();
        attempt.tier = row.text();
        attempt.status = int(row.integer());
        attempt.failure = row.text();
        attempt.startedAfter = row.time();
        attempt.ttft = row.optionalTime();
        attempt.duration = row.time();
        request.outcome.attempts.push_back(std::move(attempt));
    });
}

Result<void> RecordReader::addAmendments(StoredRequest &request)
{
    auto statement = prepare(amendmentsSql());
    if (!statement) {
        return common::failure(statement.error());
    }
    statement->bindAll(request.id);
    return forEachRow(*statement, [&request](const Statement &row) {
        request.amendments.push_back(
            {row.text(0), wallTime(row.integer(1)), row.optionalReal(2), row.text(3)});
    });
}

Result<void> RecordReader::addCandidates(StoredRequest &request, std::int64_t set)
{
    auto statement = prepare(candidatesSql());
    if (!statement) {
        return common::failure(statement.error());
    }
    statement->bindAll(set);
    std::vector<relay::CandidateRecord> candidates;
    auto read = forEachRow(*statement, [&candidates](const Statement &columns) {
        Row row(columns, 0);
        relay::CandidateRecord candidate;
        candidate.provider = row.text();
        candidate.model = row.text();
        candidate.keyFingerprint = row.text();
        candidate.tier = row.text();
        candidate.paid = row.flag();
        candidate.disqualified = row.text();
        if (const auto until = row.optionalInteger()) {
            candidate.restsUntil = common::WallTime(std::chrono::seconds(*until));
        }
        candidates.push_back(std::move(candidate));
    });
    request.outcome.decision->candidates = std::make_shared<const StoredCandidates>(
        std::move(candidates));
    return read;
}

/// SQLite reads the rows, this side adds them up: sums in SQL take several times as long.
Result<void> RecordReader::addUp(
    const TotalsQuery &query, const std::function<void(const TotalsSlice &slice)> &add)
{
    auto statement = prepare(totalsSql(query));
    if (!statement) {
        return common::failure(statement.error());
    }
    statement->bindAll(
        query.span, secondsDown(query.from, query.span), secondsUp(query.until, query.span));
    TotalsSlice slice;
    return forEachRow(*statement, [&](const Statement &row) {
        readSlice(row, query, slice);
        add(slice);
    });
}

Result<std::vector<TotalsRow>> RecordReader::totals(const TotalsQuery &query)
{
    TotalsSums sums;
    const auto read = addUp(query, [&](const TotalsSlice &slice) {
        sums.add(slice.nameBy(query.by), 0, slice.totals);
    });
    return read.map([&] { return sums.take(); });
}

Result<TotalsBreakdown> RecordReader::breakdown(const TotalsQuery &query)
{
    TotalsBreakdown found;
    TotalsSums providers;
    TotalsSums models;
    TotalsSums apps;
    const auto read = addUp(query, [&](const TotalsSlice &slice) {
        found.all += slice.totals;
        providers.add(slice.provider, 0, slice.totals);
        models.add(slice.model, 0, slice.totals);
        apps.add(slice.app, 0, slice.totals);
    });
    if (!read) {
        return common::failure(read.error());
    }
    found.providers = providers.take();
    found.models = models.take();
    found.apps = apps.take();
    return found;
}

Result<std::vector<TotalsRow>> RecordReader::series(const TotalsQuery &query)
{
    const std::int64_t step = query.step > 0 ? query.step : query.span;
    TotalsSums sums;
    const auto read = addUp(query, [&](const TotalsSlice &slice) {
        const std::int64_t start = slice.bucketStart - slice.bucketStart % step;
        sums.add(slice.nameBy(query.by), start, slice.totals);
    });
    return read.map([&] { return sums.take(); });
}

} // namespace freerelay::store
