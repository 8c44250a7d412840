#include "totals.h"

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::store {

namespace {

using common::Result;

/// In the order of totalsCounts; their parameters follow those of the key.
constexpr std::array<const char *, totalsCounts.size()> countColumns{
    "requests",
    "failed",
    "client_left",
    "streams",
    "attempts",
    "failed_attempts",
    "prompt_tokens",
    "completion_tokens",
    "cached_tokens",
    "reasoning_tokens",
    "unmetered",
    "duration_us",
    "ttft_us",
    "ttft_count",
    "client_retried",
    "client_regenerated"};
constexpr int keyColumns = 5;

QByteArray upsertSql()
{
    QByteArray names = totalsKeyColumns().join(", ");
    QByteArray values = "?1, ?2, ?3, ?4, ?5, ''";
    QByteArray sums;
    int parameter = keyColumns;
    for (const QByteArray &column : totalsSumColumns()) {
        names += ", " + column;
        values += ", ?" + QByteArray::number(++parameter);
        sums += (sums.isEmpty() ? "" : ", ") + column + " = " + column + " + excluded." + column;
    }
    return "INSERT INTO totals(" + names + ") VALUES(" + values + ") ON CONFLICT DO UPDATE SET "
        + sums;
}

Totals requestTotals(const relay::Outcome &outcome)
{
    Totals sum;
    sum.requests = 1;
    sum.failed = relay::isFailure(outcome) ? 1 : 0;
    sum.clientLeft = outcome.status == relay::Outcome::clientLeft ? 1 : 0;
    sum.streams = outcome.stream ? 1 : 0;
    sum.promptTokens = outcome.promptTokens.value_or(0);
    sum.completionTokens = outcome.completionTokens.value_or(0);
    sum.cachedTokens = outcome.cachedTokens.value_or(0);
    sum.reasoningTokens = outcome.reasoningTokens.value_or(0);
    const bool metered = outcome.promptTokens && outcome.completionTokens;
    sum.unmetered = !outcome.provider.isEmpty() && !metered ? 1 : 0;
    sum.durationUs = outcome.duration.count();
    sum.ttftUs = outcome.ttft ? outcome.ttft->count() : 0;
    sum.ttftCount = outcome.ttft ? 1 : 0;
    if (outcome.ttft) {
        sum.ttfts.add(*outcome.ttft);
    }
    if (!outcome.provider.isEmpty()) {
        sum.durations.add(outcome.duration);
    }
    return sum;
}

QList<QByteArray> histogramColumns(const QByteArray &prefix)
{
    QList<QByteArray> columns;
    for (std::size_t i = 0; i < LatencyHistogram::bucketCount; ++i) {
        columns.append(prefix + QByteArray::number(qulonglong(i)));
    }
    return columns;
}

std::int64_t secondsOf(common::WallTime time)
{
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

} // namespace

Totals &Totals::operator+=(const Totals &other)
{
    for (std::int64_t Totals::*count : totalsCounts) {
        this->*count += other.*count;
    }
    ttfts += other.ttfts;
    durations += other.durations;
    return *this;
}

QList<QByteArray> totalsKeyColumns()
{
    return {"span_s", "bucket_s", "provider", "model", "app", "family"};
}

QList<QByteArray> totalsCountColumns()
{
    return {countColumns.begin(), countColumns.end()};
}

QList<QByteArray> ttftColumns()
{
    return histogramColumns("ttft_b");
}

QList<QByteArray> durationColumns()
{
    return histogramColumns("duration_b");
}

QList<QByteArray> totalsSumColumns()
{
    return totalsCountColumns() + ttftColumns() + durationColumns();
}

Result<TotalsBatch> TotalsBatch::create(Database &database)
{
    auto upsert = database.prepare(upsertSql());
    if (!upsert) {
        return common::failure(upsert.error());
    }
    return TotalsBatch(std::move(*upsert));
}

QByteArray TotalsBatch::boundedApp(const QByteArray &app)
{
    if (m_apps.contains(app)) {
        return app;
    }
    if (m_apps.size() >= maxApps) {
        return QByteArray(otherApps);
    }
    m_apps.insert(app);
    return app;
}

void TotalsBatch::add(const relay::Outcome &outcome)
{
    const std::int64_t seconds = secondsOf(outcome.time);
    const std::int64_t bucket = seconds - seconds % minuteSpan;
    const QByteArray app = boundedApp(relay::appOf(outcome));
    addSum({minuteSpan, bucket, outcome.provider, outcome.model, app}, requestTotals(outcome));
    for (const relay::AttemptRecord &attempt : outcome.attempts) {
        Totals sum;
        sum.attempts = 1;
        sum.failedAttempts = attempt.failure.isEmpty() ? 0 : 1;
        addSum({minuteSpan, bucket, attempt.provider, attempt.model, app}, sum);
    }
}

void TotalsBatch::addRepeat(const TotalsPlace &place, Repeat::Kind kind)
{
    constexpr std::int64_t second = 1'000'000;
    const std::int64_t seconds = place.timeUs / second;
    Totals sum;
    (kind == Repeat::Kind::Retried ? sum.retried : sum.regenerated) = 1;
    addSum(
        {minuteSpan,
         seconds - seconds % minuteSpan,
         place.provider,
         place.model,
         boundedApp(place.app)},
        sum);
}

void TotalsBatch::addSum(const Key &key, const Totals &sum)
{
    m_sums[key] += sum;
}

Result<void> TotalsBatch::flush()
{
    const QHash<Key, Totals> minutes = std::exchange(m_sums, {});
    for (auto i = minutes.cbegin(); i != minutes.cend(); ++i) {
        for (const std::int64_t span : {minuteSpan, hourSpan, daySpan}) {
            Key key = i.key();
            key.span = span;
            key.bucket -= key.bucket % span;
            addSum(key, i.value());
        }
    }
    const QHash<Key, Totals> all = std::exchange(m_sums, {});
    for (auto i = all.cbegin(); i != all.cend(); ++i) {
        if (auto done = upsert(i.key(), i.value()); !done) {
            return done;
        }
    }
    return {};
}

Result<void> TotalsBatch::upsert(const Key &key, const Totals &sum)
{
    m_upsert.bindAll(key.span, key.bucket, key.provider, key.model, key.app);
    int parameter = keyColumns;
    for (std::int64_t Totals::*count : totalsCounts) {
        m_upsert.bind(++parameter, sum.*count);
    }
    for (const LatencyHistogram *histogram : {&sum.ttfts, &sum.durations}) {
        for (const std::int64_t count : histogram->buckets) {
            m_upsert.bind(++parameter, count);
        }
    }
    return m_upsert.run();
}

} // namespace freerelay::store
