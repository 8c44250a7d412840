#pragma once

#include "core/relay/records.h"
#include "core/store/database.h"
#include "core/store/latency_histogram.h"

#include <QByteArray>
#include <QHash>
#include <QSet>

#include <cstdint>
#include <vector>

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
    LatencyHistogram ttfts; ///< times to first content
    LatencyHistogram durations; ///< of the requests that were answered

    Totals &operator+=(const Totals &other);
    bool operator==(const Totals &) const = default;
};

/// Seconds of the buckets that are kept.
constexpr std::int64_t minuteSpan = 60;
constexpr std::int64_t hourSpan = 3'600;
constexpr std::int64_t daySpan = 86'400;

/// Columns of the primary key of `totals`, and all that are summed up.
[[nodiscard]] QList<QByteArray> totalsKeyColumns();
[[nodiscard]] QList<QByteArray> totalsSumColumns();
/// Columns of `totals` with the histograms, in their order: those of `ttfts`, then of `durations`.
[[nodiscard]] std::vector<QByteArray> histogramColumns();

/// What the requests of one batch add to the totals. Store thread.
class TotalsBatch
{
public:
    /// Apps beyond so many names in one run are summed up as one: names come from clients.
    static constexpr qsizetype maxApps = 200;
    static constexpr const char *otherApps = "(other)";

    [[nodiscard]] static common::Result<TotalsBatch> create(Database &database);

    void add(const relay::Outcome &outcome);
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
    void addSum(Key key, const Totals &sum);
    [[nodiscard]] QByteArray boundedApp(const QByteArray &app);
    [[nodiscard]] common::Result<void> upsert(const Key &key, const Totals &sum);

    Statement m_upsert;
    QHash<Key, Totals> m_sums;
    QSet<QByteArray> m_apps;
};

} // namespace freerelay::store
