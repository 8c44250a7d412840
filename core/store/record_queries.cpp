#include "record_queries.h"

#include "core/store/record_columns.h"

using namespace std::chrono_literals;

namespace freerelay::store {

namespace {

/// The columns of a StoredRequest.
QByteArray selectRequest()
{
    return QByteArray("SELECT id, ") + requestColumns + ", client_retried, client_regenerated";
}

} // namespace

SeriesPlan seriesPlanFor(common::WallTime from, common::WallTime until, common::WallTime now)
{
    using std::chrono::hours;
    const auto length = until - from;
    const auto age = now - from;
    // Within what RetentionRules keeps, with a margin.
    if (length <= 48h && age <= 60h) {
        constexpr std::int64_t minutes = 60;
        return {minuteSpan, length <= 2h ? minutes : length <= 12h ? 5 * minutes : 15 * minutes};
    }
    if (length <= hours(24 * 45) && age <= hours(24 * 95)) {
        constexpr std::int64_t quarterDay = 6 * hourSpan;
        return {hourSpan, length <= hours(24 * 14) ? hourSpan : quarterDay};
    }
    const auto days = std::chrono::ceil<std::chrono::days>(length).count() + 1;
    return {daySpan, daySpan * ((days + SeriesPlan::maxPoints - 1) / SeriesPlan::maxPoints)};
}

QByteArray pageSql(const RequestFilter &filter, bool hasKey)
{
    QByteArray sql = selectRequest() + " FROM requests WHERE 1";
    const auto when = [&sql](bool condition, const char *term) {
        if (condition) {
            sql += " AND ";
            sql += term;
        }
    };
    when(!filter.provider.isEmpty(), "provider = ?1");
    when(!filter.model.isEmpty(), "model = ?2");
    when(!filter.app.isEmpty(), "app = ?3");
    when(filter.status.has_value(), "status = ?4");
    // The plus sign keeps its index out of it: walking by time needs no sorting.
    when(filter.statuses.has_value(), "+status BETWEEN ?11 AND ?12");
    when(filter.succeededOnly, "failed = 0 AND status < 400");
    // Literally: only so the index of the failed ones can serve.
    when(filter.failedOnly || !filter.errorText.isEmpty(), "failed = 1");
    when(!filter.errorText.isEmpty(), "error LIKE ?5 ESCAPE '\\'");
    when(filter.from.has_value(), "time_us >= ?6");
    when(filter.until.has_value(), "time_us < ?7");
    when(hasKey, "time_us <= ?8 AND (time_us < ?8 OR id < ?9)");
    return sql + " ORDER BY time_us DESC, id DESC LIMIT ?10";
}

QByteArray totalsSql(const TotalsQuery &query)
{
    QList<QByteArray> columns{"bucket_s", "provider", "model", "app"};
    columns += totalsCountColumns();
    if (query.ttfts) {
        columns += ttftColumns();
    }
    if (query.durations) {
        columns += durationColumns();
    }
    return "SELECT " + columns.join(", ")
        + " FROM totals WHERE span_s = ?1 AND bucket_s >= ?2 AND bucket_s < ?3";
}

QByteArray requestSql()
{
    return selectRequest() + " FROM requests WHERE request_id = ?1 ORDER BY id DESC LIMIT 1";
}

QByteArray attemptsSql()
{
    return "SELECT provider, model, key_fingerprint, tier, status, failure, started_after_us,"
           " ttft_us, duration_us FROM attempts WHERE request = ?1 ORDER BY number";
}

QByteArray amendmentsSql()
{
    return "SELECT a.kind, a.time_us, a.value, r.request_id FROM amendments a"
           " LEFT JOIN requests r ON r.id = a.other WHERE a.request = ?1 ORDER BY a.time_us";
}

QByteArray candidatesSql()
{
    return "SELECT provider, model, key_fingerprint, tier, paid, disqualified, rests_until_s"
           " FROM decision_candidates WHERE decision_set = ?1 ORDER BY position";
}

} // namespace freerelay::store
