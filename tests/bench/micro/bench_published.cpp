#include "core/common/published.h"

#include <benchmark/benchmark.h>

#include <memory>

using freerelay::common::Published;

namespace {

// What a worker pays on every request for its snapshots, while nothing changes.
void readUnchangedSnapshot(benchmark::State &state)
{
    const Published<int> published(std::make_shared<const int>(1));
    Published<int>::Reader reader(published);
    for (auto _ : state) {
        benchmark::DoNotOptimize(*reader.current());
    }
}
BENCHMARK(readUnchangedSnapshot);

// What a reader pays right after a change: the mutex and a reference count.
void readChangedSnapshot(benchmark::State &state)
{
    Published<int> published(std::make_shared<const int>(1));
    Published<int>::Reader reader(published);
    const auto next = std::make_shared<const int>(2);
    for (auto _ : state) {
        published.publish(next);
        benchmark::DoNotOptimize(*reader.current());
    }
}
BENCHMARK(readChangedSnapshot);

} // namespace
