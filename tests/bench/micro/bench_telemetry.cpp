#include "core/telemetry/log_output.h"
#include "core/telemetry/outcome_meter.h"
#include "core/telemetry/request_lines.h"
#include "core/telemetry/trace_queue.h"
#include "tests/unit/telemetry/sample_outcomes.h"

#include <benchmark/benchmark.h>

using namespace freerelay;
using namespace freerelay::telemetry;

namespace {

class Nowhere final : public relay::OutcomeSink
{
public:
    void record(const std::shared_ptr<const relay::Outcome> &) override { }
};

// What a request of two attempts pays on its worker for the metrics.
void countOutcome(benchmark::State &state)
{
    Metrics metrics;
    metrics.setKnownNames({{"groq", "mistral"}, {"groq/openai/gpt-oss-120b", "mistral/small"}});
    Nowhere next;
    OutcomeMeter meter(metrics, next);
    const auto outcome = tests::shared(tests::sampleOutcome());
    for (auto _ : state) {
        meter.record(outcome);
    }
}
BENCHMARK(countOutcome);

// For the log at its usual level, when there is nothing to tell.
void logNothing(benchmark::State &state)
{
    const Redactor redactor;
    LogOutput output(redactor, -1);
    output.configure({LogLevel::Info, true, {}});
    RequestLines lines(output);
    relay::Outcome sample = tests::sampleOutcome();
    sample.attempts.erase(sample.attempts.begin());
    const auto outcome = tests::shared(std::move(sample));
    for (auto _ : state) {
        lines.record(outcome);
    }
}
BENCHMARK(logNothing);

// For a line about a request that needed two attempts, masked and queued.
void logOneLine(benchmark::State &state)
{
    const Redactor redactor;
    LogOutput output(redactor, -1);
    output.configure({LogLevel::Info, true, {}});
    RequestLines lines(output);
    const auto outcome = tests::shared(tests::sampleOutcome());
    for (auto _ : state) {
        lines.record(outcome);
    }
}
BENCHMARK(logOneLine);

// For a trace that is to be exported.
void queueTrace(benchmark::State &state)
{
    TraceQueue queue;
    const auto outcome = tests::shared(tests::sampleOutcome());
    for (auto _ : state) {
        queue.record(outcome);
        if (queue.waiting() == TraceQueue::maxWaiting) {
            queue.clear();
        }
    }
}
BENCHMARK(queueTrace);

} // namespace
