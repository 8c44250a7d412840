#include "core/common/hashing.h"
#include "core/dialects/openai_chat.h"
#include "core/health/health_table.h"
#include "core/quota/quota_ledger.h"
#include "core/quota/rate_headers.h"
#include "core/store/record_store.h"
#include "core/telemetry/outcome_meter.h"
#include "tests/support/sample_catalog.h"
#include "tests/support/sample_outcome.h"

#include <QTemporaryDir>

#include <benchmark/benchmark.h>

#include <variant>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;

// What a request pays on its worker for being counted, watched and recorded, beside references of
// the same run: machines differ, ratios less so.

namespace {

constexpr int requests = 200'000;

/// A chat request as an agent sends it.
QByteArray agentsRequest()
{
    return R"({"model":"auto","messages":[{"role":"user","content":")" + QByteArray(8 * 1024, 'x')
        + R"("}]})";
}

/// What the worker's part of a request's bookkeeping needs, with the threads behind it asleep.
struct Books
{
    Books()
    {
        store::StoreOptions options;
        options.path = folder.filePath(QStringLiteral("records.db"));
        options.queue = {1'000'000, 1'000'000'000'000, 1'000'000};
        options.gather = 1h;
        records = std::make_unique<store::RecordStore>(std::move(options), clock);
        meter = std::make_unique<telemetry::OutcomeMeter>(metrics, *records);
        metrics.setKnownNames({{"p"}, {"p/a"}});
        provider.quota.headers = {
            {catalog::QuotaUnit::Requests,
             catalog::QuotaPeriod::Day,
             "x-ratelimit-limit-requests",
             "x-ratelimit-remaining-requests",
             "x-ratelimit-reset-requests"}};
        model.freeLimits.requestsPerMinute = 1'000'000'000;
        model.freeLimits.tokensPerMinute = 1'000'000'000'000;
        relay::Outcome made = anOutcome(1);
        outcome = std::make_shared<const relay::Outcome>(std::move(made));
    }
    ~Books() { records->stop(0ms); }
    Q_DISABLE_COPY_MOVE(Books)

    const QTemporaryDir folder;
    const common::SystemClock clock;
    quota::QuotaLedger ledger{clock};
    health::HealthTable health{clock, [] { return 0.5; }};
    telemetry::Metrics metrics;
    std::unique_ptr<store::RecordStore> records;
    std::unique_ptr<telemetry::OutcomeMeter> meter;
    catalog::Provider provider = aProvider("p");
    catalog::Model model = aModel("p/a");
    QByteArray key = "k";
    common::HeaderList headers{
        {"date", "Tue, 24 Nov 2026 10:00:00 GMT"},
        {"content-type", "application/json"},
        {"x-ratelimit-limit-requests", "1000000000"},
        {"x-ratelimit-remaining-requests", "999999998"},
        {"x-ratelimit-reset-requests", "2m59.56s"},
        {"x-request-id", "req_0123456789"}};
    std::shared_ptr<const relay::Outcome> outcome;
};

/// The bar: 10 µs.
void leaseAdmitAndRecord(benchmark::State &state)
{
    Books books;
    for (auto _ : state) {
        auto taken = books.ledger.take({books.provider, books.model, books.key}, {2'000, 500});
        auto &lease = std::get<quota::QuotaLease>(taken);
        auto admitted = books.health.admit(
            {books.provider, books.model, books.key}, {true, true, false, 2'000});
        auto &ticket = std::get<health::CallTicket>(admitted);
        lease.observe(
            quota::readRateHeaders(books.provider.quota, books.headers, books.clock.wallNow()));
        ticket.succeeded({300ms, nullptr});
        lease.settle({1'900, 300, 0});
        books.meter->record(books.outcome);
    }
    state.counters["dropped"] = double(books.records->status().dropped);
}

void admit(benchmark::State &state)
{
    Books books;
    for (auto _ : state) {
        auto admitted = books.health.admit(
            {books.provider, books.model, books.key}, {true, true, false, 2'000});
        std::get<health::CallTicket>(admitted).succeeded({300ms, nullptr});
    }
}

void reference_hash8KiB(benchmark::State &state)
{
    const QByteArray body = agentsRequest();
    for (auto _ : state) {
        benchmark::DoNotOptimize(common::Sha256::of(body));
    }
}

void reference_readTheRequest(benchmark::State &state)
{
    const QByteArray body = agentsRequest();
    for (auto _ : state) {
        benchmark::DoNotOptimize(dialects::parseOpenAiChat(body));
    }
}

} // namespace

BENCHMARK(leaseAdmitAndRecord)->Iterations(requests);
BENCHMARK(admit)->Iterations(requests);
BENCHMARK(reference_hash8KiB);
BENCHMARK(reference_readTheRequest);
