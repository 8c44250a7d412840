#include "core/quota/quota_ledger.h"
#include "core/quota/rate_headers.h"

#include <benchmark/benchmark.h>

#include <variant>

using namespace freerelay;

namespace {

catalog::Provider groq()
{
    catalog::Provider provider;
    provider.id = "groq";
    provider.quota.rollingDay = true;
    provider.quota.headers = {
        {catalog::QuotaUnit::Requests,
         catalog::QuotaPeriod::Day,
         "x-ratelimit-limit-requests",
         "x-ratelimit-remaining-requests",
         "x-ratelimit-reset-requests"},
        {catalog::QuotaUnit::Tokens,
         catalog::QuotaPeriod::Minute,
         "x-ratelimit-limit-tokens",
         "x-ratelimit-remaining-tokens",
         "x-ratelimit-reset-tokens"}};
    return provider;
}

catalog::Model gptOss()
{
    catalog::Model model;
    model.id = "groq/gpt-oss";
    model.provider = "groq";
    model.freeLimits.requestsPerMinute = 1'000'000'000;
    model.freeLimits.tokensPerMinute = 1'000'000'000'000;
    return model;
}

/// What every request pays: a lease before it is sent, its settlement after.
void leaseAndSettle(benchmark::State &state)
{
    const common::SystemClock clock;
    quota::QuotaLedger ledger(clock);
    catalog::Provider provider = groq();
    provider.quota.perModel = state.range(0) == 0;
    const catalog::Model model = gptOss();
    const QByteArray key = "k";
    for (auto _ : state) {
        auto taken = ledger.take({provider, model, key}, {1'000, 500});
        std::get<quota::QuotaLease>(taken).settle({900, 300, 0});
    }
}

/// The head of a reply: its headers read, and counted.
void observeHead(benchmark::State &state)
{
    const common::SystemClock clock;
    quota::QuotaLedger ledger(clock);
    const catalog::Provider provider = groq();
    const catalog::Model model = gptOss();
    const QByteArray key = "k";
    const common::HeaderList headers{
        {"date", "Tue, 24 Nov 2026 10:00:00 GMT"},
        {"content-type", "application/json"},
        {"x-ratelimit-limit-requests", "1000"},
        {"x-ratelimit-remaining-requests", "998"},
        {"x-ratelimit-reset-requests", "2m59.56s"},
        {"x-ratelimit-limit-tokens", "8000"},
        {"x-ratelimit-remaining-tokens", "7100"},
        {"x-ratelimit-reset-tokens", "7.66s"},
        {"x-request-id", "req_0123456789"}};
    auto taken = ledger.take({provider, model, key}, {1'000, 500});
    auto &lease = std::get<quota::QuotaLease>(taken);
    for (auto _ : state) {
        lease.observe(quota::readRateHeaders(provider.quota, headers, clock.wallNow()));
    }
}

BENCHMARK(leaseAndSettle)->ArgName("shared")->Arg(0)->Arg(1);
BENCHMARK(observeHead);

} // namespace
