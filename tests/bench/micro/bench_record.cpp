#include "core/common/secret.h"
#include "core/dialects/openai_chat.h"
#include "core/relay/client_app.h"
#include "core/relay/request_digests.h"
#include "core/store/record_file.h"
#include "core/store/record_store.h"
#include "core/store/record_writer.h"
#include "tests/support/sample_outcome.h"

#include <QTemporaryDir>

#include <benchmark/benchmark.h>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;

namespace {

/// As many candidates as an ordinary configuration has, most of them ranked.
std::shared_ptr<const relay::CandidateList> manyCandidates(int count)
{
    std::vector<relay::CandidateRecord> records;
    for (int i = 0; i < count; ++i) {
        const QByteArray number = QByteArray::number(i);
        records.push_back(
            {"provider-" + number,
             "provider-" + number + "/vendor/model-" + number,
             "0123456789abcdef",
             "free",
             false,
             i % 4 == 3 ? "no_tools" : "",
             {}});
    }
    return std::make_shared<const ListedCandidates>(std::move(records));
}

std::vector<std::shared_ptr<const relay::Outcome>>
samples(int first, int count, const std::shared_ptr<const relay::CandidateList> &candidates)
{
    std::vector<std::shared_ptr<const relay::Outcome>> outcomes;
    for (int i = first; i < first + count; ++i) {
        relay::Outcome outcome = anOutcome(i);
        outcome.requestId = "req_" + common::randomHex(12);
        outcome.decision->candidates = candidates;
        outcomes.push_back(std::make_shared<const relay::Outcome>(std::move(outcome)));
    }
    return outcomes;
}

constexpr int batch = 100;

/// What a worker pays for one record: its part of the way, with the thread asleep.
void recordOnTheWorker(benchmark::State &state)
{
    const QTemporaryDir folder;
    const common::SystemClock clock;
    store::StoreOptions options;
    options.path = folder.filePath(QStringLiteral("records.db"));
    options.queue = {1'000'000, 1'000'000'000'000, 1'000'000};
    options.gather = 1h;
    store::RecordStore records(std::move(options), clock);
    const auto outcomes = samples(0, 1'000, manyCandidates(60));
    std::size_t next = 0;
    for (auto _ : state) {
        records.record(outcomes[next++ % outcomes.size()]);
    }
    state.counters["dropped"] = double(records.status().dropped);
    records.stop(0ms);
}

/// What the store's thread pays for a batch of 100, as they come at 2,000 requests a second.
void writeOnTheStore(benchmark::State &state)
{
    const QTemporaryDir folder;
    auto database = store::openRecordFile(folder.filePath(QStringLiteral("records.db")), 1s);
    auto writer = store::RecordWriter::create(*database, sampleDay);
    const auto candidates = manyCandidates(int(state.range(0)));
    int first = 0;
    for (auto _ : state) {
        state.PauseTiming();
        const auto outcomes = samples(first, batch, candidates);
        first += batch;
        state.ResumeTiming();
        if (!(*writer)->write(outcomes)) {
            state.SkipWithError("not written");
            break;
        }
    }
    state.SetItemsProcessed(state.iterations() * batch);
}

/// To find requests that are sent again: of a body of 8 KiB, as an agent's is.
void digestTheRequest(benchmark::State &state)
{
    const QByteArray words(8 * 1024, 'x');
    const auto chat = dialects::parseOpenAiChat(
        R"({"model":"auto","messages":[{"role":"user","content":")" + words + R"("}]})");
    for (auto _ : state) {
        benchmark::DoNotOptimize(relay::digestsOf(*chat, {"tool", "1.0"}));
    }
}

void nameTheApp(benchmark::State &state)
{
    for (auto _ : state) {
        benchmark::DoNotOptimize(relay::clientApp("AsyncOpenAI/Python 1.40.0"));
    }
}

} // namespace

BENCHMARK(recordOnTheWorker)->Iterations(500'000);
BENCHMARK(writeOnTheStore)->Arg(10)->Arg(160)->Iterations(500);
BENCHMARK(nameTheApp);
BENCHMARK(digestTheRequest);
