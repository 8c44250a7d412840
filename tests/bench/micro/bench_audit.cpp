#include "core/common/secret.h"
#include "core/relay/audit_gate.h"
#include "core/store/audit/audit_trail.h"
#include "tests/support/fake_downstream.h"
#include "tests/unit/store/audit_samples.h"

#include <QCryptographicHash>
#include <QTemporaryDir>

#include <benchmark/benchmark.h>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;

namespace {

class NoSink final : public relay::OutcomeSink
{
public:
    void record(const std::shared_ptr<const relay::Outcome> &) override { }
};

/// The way of one request through the gate on its worker, with an answer of 2 KB; the trail's
/// thread is asleep.
void auditOnTheWorker(benchmark::State &state, const char *mode)
{
    (void)common::initialiseCrypto();
    const QTemporaryDir folder;
    const common::SystemClock clock;
    store::AuditOptions options;
    options.place.folder = folder.filePath(QStringLiteral("audit"));
    options.queue = {10'000'000, 1'000'000'000'000, 10'000'000};
    options.gather = 1h;
    store::AuditTrail trail(options, clock);
    trail.setTerms({mode, false, signingSeed(), false});
    const bool on = QByteArrayView(mode) != "none";
    const common::Published<relay::AuditRules> rules(
        on ? auditRules() : std::make_shared<const relay::AuditRules>());
    NoSink next;
    relay::AuditGate gate(rules, trail, next);
    const auto outcome = sharedOutcome(1);
    const auto client = std::make_shared<FakeDownstream>();
    const QByteArray prompt(state.range(0), 'p');
    const QByteArray answer(2'048, 'a');
    for (auto _ : state) {
        const auto watched = gate.watch(outcome->requestId, prompt, client);
        watched->reply(200, {}, answer);
        gate.record(outcome);
    }
    state.counters["dropped"] = double(trail.status().dropped);
    trail.stop(0ms);
}

/// What the trail's thread pays for a batch of 100 requests, the disk included.
void writeOnTheTrail(benchmark::State &state)
{
    (void)common::initialiseCrypto();
    const QTemporaryDir folder;
    const common::SystemClock clock;
    store::AuditPlace place;
    place.folder = folder.filePath(QStringLiteral("audit"));
    auto writer = store::AuditWriter::open(place, clock);
    (*writer)->setTerms(signedTerms());
    const auto rules = auditRules();
    std::vector<store::AuditItem> items;
    for (int i = 0; i < 100; ++i) {
        items.push_back({auditEntry(i, rules), false});
    }
    for (auto _ : state) {
        if (!(*writer)->write(items, 0)) {
            state.SkipWithError("not written");
            break;
        }
    }
    state.SetItemsProcessed(state.iterations() * 100);
}

/// The reference: an unkeyed hash over the same prompt.
void sha256OfThePrompt(benchmark::State &state)
{
    const QByteArray prompt(state.range(0), 'p');
    for (auto _ : state) {
        benchmark::DoNotOptimize(QCryptographicHash::hash(prompt, QCryptographicHash::Sha256));
    }
}

} // namespace

BENCHMARK_CAPTURE(auditOnTheWorker, off, "none")->Arg(10'240);
BENCHMARK_CAPTURE(auditOnTheWorker, standard, "standard")
    ->Arg(1'024)
    ->Arg(10'240)
    ->Iterations(100'000);
BENCHMARK(sha256OfThePrompt)->Arg(10'240);
BENCHMARK(writeOnTheTrail)->Iterations(200);
