#include "checks.h"
#include "targets.h"

#include "core/catalog/reset_time.h"
#include "core/dialects/provider_error.h"
#include "core/quota/rate_headers.h"

#include <array>

namespace freerelay::fuzz {

namespace {

using catalog::QuotaFact;
using catalog::ResetFormat;

constexpr std::array formats{
    ResetFormat::GoDuration,
    ResetFormat::FloatSeconds,
    ResetFormat::Rfc3339,
    ResetFormat::UnixMs,
    ResetFormat::RetryAfter};

const common::WallTime &now()
{
    static const common::WallTime time{std::chrono::seconds(1'790'000'000)};
    return time;
}

/// "name: value" lines up to an empty one, as ReplyHead gives them; leaves the rest.
common::HeaderList takeHeaders(QByteArrayView &input)
{
    common::HeaderList headers;
    while (!input.isEmpty()) {
        const qsizetype end = input.indexOf('\n');
        const QByteArrayView line = end < 0 ? input : input.first(end);
        input = end < 0 ? QByteArrayView() : input.sliced(end + 1);
        const qsizetype colon = line.indexOf(':');
        if (colon <= 0) {
            break;
        }
        headers.add(
            line.first(colon).toByteArray().toLower(),
            line.sliced(colon + 1).trimmed().toByteArray());
    }
    return headers;
}

void requireSane(const std::vector<QuotaFact> &facts)
{
    for (const QuotaFact &fact : facts) {
        require(!fact.limit || *fact.limit >= 0, "no limit is negative");
        require(!fact.remaining || *fact.remaining >= 0, "nothing less than nothing is left");
        require(!fact.reset || fact.reset->count() >= 0, "no quota comes back in the past");
    }
}

catalog::Provider provider()
{
    catalog::Provider provider;
    provider.id = "fuzz";
    provider.errors.messagePaths = {"errors.0.message"};
    provider.errors.codePaths = {"errors.0.code"};
    provider.errors.resetPaths = {{"error.reset", ResetFormat::UnixMs}};
    provider.errors.resetHeaders = {{"x-reset", ResetFormat::GoDuration}};
    provider.rateLimitResets = {{"x-ratelimit-reset-tokens", ResetFormat::GoDuration}};
    return provider;
}

} // namespace

void readRefusal(QByteArrayView input)
{
    static constexpr std::array statuses{
        400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 503, 529};
    Choices choices(input);
    const int status = statuses.at(choices.below(unsigned(statuses.size())));
    QByteArrayView rest = choices.rest();
    const common::HeaderList headers = takeHeaders(rest);
    const dialects::ProviderFailure failure = dialects::classifyFailure(
        provider(), status, headers, rest, now());
    require(failure.message.size() <= 1'000, "a message is short");
    require(!failure.message.contains('\n'), "a message is one line");
    require(!failure.retryAfter || failure.retryAfter->count() >= 0, "nobody waits for the past");
    requireSane(failure.quota);
}

void readRateHeaders(QByteArrayView input)
{
    Choices choices(input);
    const ResetFormat format = formats.at(choices.below(unsigned(formats.size())));
    QByteArrayView rest = choices.rest();
    const auto reset = catalog::parseReset(rest, format, now());
    require(!reset || reset->count() >= 0, "no reset lies in the past");
    require(!reset || *reset <= std::chrono::days(31), "no reset is further than a month away");
    catalog::QuotaRules rules;
    if (choices.below(2) != 0) {
        catalog::QuotaHeaders names;
        names.limit = "limit";
        names.remaining = "remaining";
        names.reset = "reset";
        names.format = format;
        rules.headers = {names};
    }
    requireSane(quota::readRateHeaders(rules, takeHeaders(rest), now()));
}

} // namespace freerelay::fuzz
