#pragma once

#include "core/relay/records.h"
#include "core/store/database.h"
#include "core/store/latency_histogram.h"
#include "core/store/repeat_finder.h"

#include <QByteArray>
#include <QHash>
#include <QSet>

#include <array>
#include <cstdint>

namespace freerelay::store {

/// Sums over requests; see the table `totals` of the schema.
struct Totals
{
    std::int64_t requests = 0;
    std::int64_t failed = 0;
    std::int64_t clientLeft = 0;
    std::int64_t streams = 0;
    std::int64_t attempts = 0;
    std::int64_t failedAttempts = 0;
    std::int64_t promptTokens = 0; ///< of the requests whose provider told them
    std::int64_t completionTokens = 0;
    std::int64_t cachedTokens = 0;
    std::int64_t reasoningTokens = 0;
    std::int64_t unmetered = 0; ///< answered, but the provider told no token counts
    std::int64_t durationUs = 0;
    std::int64_t ttftUs = 0;
    std::int64_t ttftCount = 0; ///< requests that `ttftUs` is the sum of
    std::int64_t retried = 0; ///< how often clients sent one of these again; see RepeatFinder
    std::int64_t regenerated = 0;
    LatencyHistogram ttfts; ///< times to first content
    LatencyHistogram durations; ///< of the requests that were answered

    Totals &operator+=(const Totals &other);
    bool operator==(const Totals &) const = default;
};

/// Seconds of the buckets that are kept.
constexpr std::int64_t minuteSpan = 60;
constexpr std::int64_t hourSpan = 3'600;
constexpr std::int64_t daySpan = 86'400;

/// The members of Totals but the histograms, in the order of totalsCountColumns().
inline constexpr std::array<std::int64_t Totals::*, 16> totalsCounts{
    &Totals::requests,
    &Totals::failed,
    &Totals::clientLeft,
    &Totals::streams,
    &Totals::attempts,
    &Totals::failedAttempts,
    &Totals::promptTokens,
    &Totals::completionTokens,
    &Totals::cachedTokens,
    &Totals::reasoningTokens,
    &Totals::unmetered,
    &Totals::durationUs,
    &Totals::ttftUs,
    &Totals::ttftCount,
    &Totals::retried,
    &Totals::regenerated};

/// Columns of the primary key of `totals`.
[[nodiscard]] QList<QByteArray> totalsKeyColumns();
/// Those of the counts, and those of one histogram each.
[[nodiscard]] QList<QByteArray> totalsCountColumns();
[[nodiscard]] QList<QByteArray> ttftColumns();
[[nodiscard]] QList<QByteArray> durationColumns();
/// All that are summed up: the three above, in that order.
[[nodiscard]] QList<QByteArray> totalsSumColumns();

/// Where a request counts.
struct TotalsPlace
{
    std::int64_t timeUs = 0; ///< since 1970
    QByteArray provider;
    QByteArray model;
    QByteArray app;
};

/// What the requests of one batch add to the totals. Store thread.
class TotalsBatch
{
public:
    /// Apps beyond so many names in one run are summed up as one: names come from clients.
    static constexpr qsizetype maxApps = 200;
    static constexpr const char *otherApps = "(other)";

    [[nodiscard]] static common::Result<TotalsBatch> create(Database &database);

    void add(const relay::Outcome &outcome);
    /// A request that was added before, in this run, was sent again.
    void addRepeat(const TotalsPlace &place, Repeat::Kind kind);
    /// Adds what was gathered to the table, within the caller's transaction, and forgets it.
    [[nodiscard]] common::Result<void> flush();
    void clear() { m_sums.clear(); }

private:
    struct Key
    {
        std::int64_t span;
        std::int64_t bucket;
        QByteArray provider;
        QByteArray model;
        QByteArray app;
        bool operator==(const Key &) const = default;
    };
    friend size_t qHash(const Key &key, size_t seed)
    {
        return qHashMulti(seed, key.span, key.bucket, key.provider, key.model, key.app);
    }

    explicit TotalsBatch(Statement upsert)
        : m_upsert(std::move(upsert))
    { }
    void addSum(const Key &key, const Totals &sum);
    [[nodiscard]] QByteArray boundedApp(const QByteArray &app);
    [[nodiscard]] common::Result<void> upsert(const Key &key, const Totals &sum);

    Statement m_upsert;
    QHash<Key, Totals> m_sums;
    QSet<QByteArray> m_apps;
};

} // namespace freerelay::store
