#pragma once

#include "core/common/clock.h"
#include "core/relay/records.h"
#include "core/store/totals.h"

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

namespace freerelay::store {

struct StatusRange
{
    int first = 0;
    int last = 0; ///< inclusive
};

/// Which requests to list; every condition must hold. Empty = any.
struct RequestFilter
{
    QByteArray provider; ///< that answered
    QByteArray model; ///< that answered, full id
    QByteArray app;
    std::optional<int> status;
    std::optional<StatusRange> statuses{};
    bool failedOnly = false;
    bool succeededOnly = false; ///< neither failed nor left by their clients
    QString errorText; ///< part of the error's sentence, letter case ignored; of failed ones only
    std::optional<common::WallTime> from{}; ///< inclusive
    std::optional<common::WallTime> until{}; ///< exclusive
};

/// The last request of a page: the next one begins behind it.
struct PageKey
{
    std::int64_t timeUs = 0;
    std::int64_t id = 0;
};

/// What became known of a request after its record was written.
struct Amendment
{
    QByteArray kind; ///< "client_retried", "client_regenerated", "judge_score"
    common::WallTime time;
    std::optional<double> value; ///< of a judge_score
    QByteArray otherRequestId; ///< the later request; "" = none, or it is not recorded any more
};

/// A request as it was recorded. In pages `outcome` has neither attempts nor candidates, and there
/// are no amendments.
struct StoredRequest
{
    std::int64_t id = 0;
    std::int64_t run = 0; ///< of the program: its row in `runs`
    std::int64_t attemptCount = 0;
    std::int64_t retried = 0; ///< how often the client sent it again; see RepeatFinder
    std::int64_t regenerated = 0;
    std::vector<Amendment> amendments; ///< in the order of time
    relay::Outcome outcome;
};

struct RequestPage
{
    std::vector<StoredRequest> requests; ///< newest first
    std::optional<PageKey> next; ///< nullopt = this was the last page
};

enum class TotalsBy : std::uint8_t { Nothing, Provider, Model, App };

/// A window over the totals. Whole buckets: `from` is rounded down, `until` up.
struct TotalsQuery
{
    common::WallTime from;
    common::WallTime until;
    TotalsBy by = TotalsBy::Nothing;
    std::int64_t span = hourSpan; ///< minuteSpan, hourSpan or daySpan; see seriesPlanFor()
    bool ttfts = false; ///< their histogram as well
    bool durations = false; ///< likewise
    std::int64_t step = 0; ///< seconds of one row of a series, a multiple of `span`; 0 = `span`
};

struct TotalsRow
{
    QByteArray name; ///< of the provider, model or app; "" = nobody answered, no app was told
    std::int64_t bucketStart = 0; ///< of the step, seconds since 1970; 0 unless a series
    Totals totals;
};

/// Sums over a window: of everything, and for each name, in the order of names.
struct TotalsBreakdown
{
    Totals all;
    std::vector<TotalsRow> providers;
    std::vector<TotalsRow> models;
    std::vector<TotalsRow> apps;
};

/// How a window is cut into the points of a chart.
struct SeriesPlan
{
    static constexpr std::int64_t maxPoints = 2'000;

    std::int64_t span = hourSpan; ///< the buckets to read
    std::int64_t step = hourSpan; ///< seconds of a point, a multiple of `span`
};

/// The finest buckets that are still kept, summed up to points that a chart can show side by
/// side: some hundred, never more than maxPoints, each a length of time that people use.
[[nodiscard]] SeriesPlan
seriesPlanFor(common::WallTime from, common::WallTime until, common::WallTime now);

/// SQL of a page. Parameters: ?1 provider, ?2 model, ?3 app, ?4 status, ?5 pattern, ?6 from,
/// ?7 until, ?8 and ?9 the key, ?10 the limit, ?11 and ?12 the statuses; only those occur whose
/// condition is set.
[[nodiscard]] QByteArray pageSql(const RequestFilter &filter, bool hasKey);
/// The rows to be added up: bucket, provider, model, app, counts, then the histograms that are
/// wanted. Parameters: ?1 span, ?2 from, ?3 until (seconds).
[[nodiscard]] QByteArray totalsSql(const TotalsQuery &query);
/// Parameter: ?1 request id.
[[nodiscard]] QByteArray requestSql();
/// Parameter: ?1 id of the request.
[[nodiscard]] QByteArray attemptsSql();
/// Parameter: ?1 id of the request.
[[nodiscard]] QByteArray amendmentsSql();
/// Parameter: ?1 id of the set.
[[nodiscard]] QByteArray candidatesSql();

} // namespace freerelay::store
