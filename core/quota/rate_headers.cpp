#include "rate_headers.h"

#include "core/catalog/reset_time.h"
#include "core/quota/quota_calendar.h"

#include <QByteArrayView>

#include <algorithm>
#include <optional>

namespace freerelay::quota {

namespace {

using catalog::QuotaFact;
using catalog::QuotaHeaders;
using catalog::QuotaPeriod;
using catalog::QuotaUnit;
using catalog::ResetFormat;
using Number = std::optional<std::int64_t>;

constexpr qsizetype maxDigits = 15;

/// OpenAI's names, which many providers took over, and the draft of the IETF.
const std::vector<QuotaHeaders> &usualHeaders()
{
    const auto named = [](QuotaUnit unit, std::optional<QuotaPeriod> period, QByteArrayView what) {
        const QByteArray tail = what.toByteArray();
        return QuotaHeaders{
            unit,
            period,
            "x-ratelimit-limit" + tail,
            "x-ratelimit-remaining" + tail,
            "x-ratelimit-reset" + tail,
            ResetFormat::GoDuration};
    };
    static const std::vector<QuotaHeaders> headers{
        named(QuotaUnit::Requests, QuotaPeriod::Minute, "-requests"),
        named(QuotaUnit::Tokens, QuotaPeriod::Minute, "-tokens"),
        named(QuotaUnit::Requests, QuotaPeriod::Minute, "-requests-minute"),
        named(QuotaUnit::Requests, QuotaPeriod::Hour, "-requests-hour"),
        named(QuotaUnit::Requests, QuotaPeriod::Day, "-requests-day"),
        named(QuotaUnit::Tokens, QuotaPeriod::Minute, "-tokens-minute"),
        named(QuotaUnit::Tokens, QuotaPeriod::Hour, "-tokens-hour"),
        named(QuotaUnit::Tokens, QuotaPeriod::Day, "-tokens-day"),
        named(QuotaUnit::Requests, std::nullopt, ""),
        {QuotaUnit::Requests,
         std::nullopt,
         "ratelimit-limit",
         "ratelimit-remaining",
         "ratelimit-reset",
         ResetFormat::UnixMs},
    };
    return headers;
}

/// "1000", "59999.0", "1000, 1000;w=86400" → 1000.
Number countIn(QByteArrayView text)
{
    text = text.trimmed();
    qsizetype size = 0;
    while (size < text.size() && text[size] >= '0' && text[size] <= '9') {
        ++size;
    }
    return size == 0 || size > maxDigits ? std::nullopt
                                         : Number(text.first(size).toByteArray().toLongLong());
}

/// The shortest period that a reset so far away fits in, with some room for clocks that differ.
QuotaPeriod fitting(common::Duration reset)
{
    for (const QuotaPeriod period : {QuotaPeriod::Minute, QuotaPeriod::Hour, QuotaPeriod::Day}) {
        if (reset <= lengthOf(period) + lengthOf(period) / 2) {
            return period;
        }
    }
    return QuotaPeriod::Month;
}

/// A provider that refills continuously may name a reset of some periods.
constexpr int believablePeriods = 15;

std::optional<QuotaPeriod>
periodOf(std::optional<QuotaPeriod> declared, std::optional<std::chrono::milliseconds> reset)
{
    if (!reset) {
        return declared;
    }
    if (!declared || *reset > believablePeriods * lengthOf(*declared)) {
        return fitting(*reset);
    }
    return declared;
}

bool speaksOfQuota(const common::HeaderList &headers)
{
    return std::any_of(headers.fields().begin(), headers.fields().end(), [](const auto &field) {
        return field.first.contains("limit");
    });
}

} // namespace

std::vector<QuotaFact> readRateHeaders(
    const catalog::QuotaRules &rules, const common::HeaderList &headers, common::WallTime wallNow)
{
    std::vector<QuotaFact> facts;
    if (!speaksOfQuota(headers)) {
        return facts;
    }
    const auto textOf = [&headers](const QByteArray &name) {
        return name.isEmpty() ? QByteArray() : headers.value(name);
    };
    for (const QuotaHeaders &names : rules.headers.empty() ? usualHeaders() : rules.headers) {
        QuotaFact fact;
        fact.unit = names.unit;
        fact.limit = countIn(textOf(names.limit));
        fact.remaining = countIn(textOf(names.remaining));
        if (!fact.limit && !fact.remaining) {
            continue;
        }
        fact.reset = catalog::parseReset(textOf(names.reset), names.format, wallNow);
        fact.period = periodOf(names.period, fact.reset);
        facts.push_back(fact);
    }
    return facts;
}

} // namespace freerelay::quota
