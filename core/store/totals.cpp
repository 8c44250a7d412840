#include "totals.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::store {

namespace {

using common::Result;

constexpr const char *upsertSql = R"sql(
INSERT INTO totals(span_s, bucket_s, provider, model, app, family,
    requests, failed, client_left, streams, attempts, failed_attempts, prompt_tokens,
    completion_tokens, cached_tokens, reasoning_tokens, unmetered, duration_us, ttft_us, ttft_count)
VALUES(?1, ?2, ?3, ?4, ?5, '', ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
ON CONFLICT DO UPDATE SET
    requests = requests + excluded.requests,
    failed = failed + excluded.failed,
    client_left = client_left + excluded.client_left,
    streams = streams + excluded.streams,
    attempts = attempts + excluded.attempts,
    failed_attempts = failed_attempts + excluded.failed_attempts,
    prompt_tokens = prompt_tokens + excluded.prompt_tokens,
    completion_tokens = completion_tokens + excluded.completion_tokens,
    cached_tokens = cached_tokens + excluded.cached_tokens,
    reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
    unmetered = unmetered + excluded.unmetered,
    duration_us = duration_us + excluded.duration_us,
    ttft_us = ttft_us + excluded.ttft_us,
    ttft_count = ttft_count + excluded.ttft_count
)sql";

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
    return sum;
}

std::int64_t secondsOf(common::WallTime time)
{
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

} // namespace

Totals &Totals::operator+=(const Totals &other)
{
    requests += other.requests;
    failed += other.failed;
    clientLeft += other.clientLeft;
    streams += other.streams;
    attempts += other.attempts;
    failedAttempts += other.failedAttempts;
    promptTokens += other.promptTokens;
    completionTokens += other.completionTokens;
    cachedTokens += other.cachedTokens;
    reasoningTokens += other.reasoningTokens;
    unmetered += other.unmetered;
    durationUs += other.durationUs;
    ttftUs += other.ttftUs;
    ttftCount += other.ttftCount;
    return *this;
}

Result<TotalsBatch> TotalsBatch::create(Database &database)
{
    auto upsert = database.prepare(upsertSql);
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
    const QByteArray app = boundedApp(outcome.app);
    addSum({minuteSpan, bucket, outcome.provider, outcome.model, app}, requestTotals(outcome));
    for (const relay::AttemptRecord &attempt : outcome.attempts) {
        Totals sum;
        sum.attempts = 1;
        sum.failedAttempts = attempt.failure.isEmpty() ? 0 : 1;
        addSum({minuteSpan, bucket, attempt.provider, attempt.model, app}, sum);
    }
}

void TotalsBatch::addSum(Key key, const Totals &sum)
{
    m_sums[std::move(key)] += sum;
}

Result<void> TotalsBatch::flush()
{
    const QHash<Key, Totals> minutes = std::exchange(m_sums, {});
    for (auto i = minutes.cbegin(); i != minutes.cend(); ++i) {
        for (const std::int64_t span : {minuteSpan, hourSpan, daySpan}) {
            Key key = i.key();
            key.span = span;
            key.bucket -= key.bucket % span;
            addSum(std::move(key), i.value());
        }
    }
    const QHash<Key, Totals> all = std::exchange(m_sums, {});
    for (auto i = all.cbegin(); i != all.cend(); ++i) {
        const Key &key = i.key();
        const Totals &sum = i.value();
        m_upsert.bindAll(
            key.span,
            key.bucket,
            key.provider,
            key.model,
            key.app,
            sum.requests,
            sum.failed,
            sum.clientLeft,
            sum.streams,
            sum.attempts,
            sum.failedAttempts,
            sum.promptTokens,
            sum.completionTokens,
            sum.cachedTokens,
            sum.reasoningTokens,
            sum.unmetered,
            sum.durationUs,
            sum.ttftUs,
            sum.ttftCount);
        if (auto done = m_upsert.run(); !done) {
            return done;
        }
    }
    return {};
}

} // namespace freerelay::store
