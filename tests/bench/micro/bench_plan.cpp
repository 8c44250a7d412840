#include "tests/support/sample_catalog.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <vector>

using namespace freerelay;
using namespace freerelay::tests;

namespace {

constexpr common::SteadyTime now{std::chrono::hours(1)};

SampleRouting sampleRouting(int providers, int models)
{
    std::vector<catalog::Provider> someProviders;
    std::vector<catalog::Model> someModels;
    for (int i = 0; i < providers; ++i) {
        someProviders.push_back(aProvider("provider-" + QByteArray::number(i)));
    }
    for (int i = 0; i < models; ++i) {
        const QByteArray &provider = someProviders[std::size_t(i % providers)].id;
        catalog::Model model = aModel(provider + "/vendor/model-" + QByteArray::number(i));
        model.priorQuality = 0.35 + (i * 37 % 60) / 100.0;
        model.contextWindow = 8'192 << (i % 5);
        model.tier = i % 3 == 0 ? catalog::Tier::Paid : catalog::Tier::Free;
        someModels.push_back(std::move(model));
    }
    return {std::move(someProviders), std::move(someModels)};
}

/// Plans again and again; counts the 99th percentile beside the mean.
void plan(benchmark::State &state, SampleRouting &sample, const QByteArray &name)
{
    const routing::RankedCatalog ranked(*sample.catalog, sample.endpoints);
    const routing::RoutingSnapshot snapshot{
        sample.catalog.get(), &sample.endpoints, &ranked, &sample.coolDowns, true};
    const routing::Requirements needs{true, false, false, 2'000};
    std::vector<double> microseconds;
    microseconds.reserve(1 << 20);
    for (auto _ : state) {
        const auto before = std::chrono::steady_clock::now();
        auto result = routing::plan(snapshot, common::Mode::Auto, name, needs, now);
        benchmark::DoNotOptimize(result);
        microseconds.push_back(
            std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - before)
                .count());
    }
    const auto place = microseconds.begin() + std::ptrdiff_t(microseconds.size() * 99 / 100);
    std::nth_element(microseconds.begin(), place, microseconds.end());
    state.counters["p99_us"] = *place;
}

void planAuto(benchmark::State &state)
{
    SampleRouting sample = sampleRouting(int(state.range(0)), int(state.range(1)));
    plan(state, sample, "freerelay-auto");
}

/// Every third model rests or is unwell.
void planAutoWhileManyRest(benchmark::State &state)
{
    SampleRouting sample = sampleRouting(int(state.range(0)), int(state.range(1)));
    int i = 0;
    for (const catalog::Model &model : sample.catalog->models()) {
        if (++i % 3 == 0) {
            sample.coolDowns.bench(
                {model.provider, model.provider + "-key", model.id},
                now + std::chrono::seconds(i),
                i % 2 == 0 ? quota::CoolDownReason::RateLimited : quota::CoolDownReason::Unhealthy,
                "its words");
        }
    }
    plan(state, sample, "freerelay-auto");
}

void planByName(benchmark::State &state)
{
    SampleRouting sample = sampleRouting(int(state.range(0)), int(state.range(1)));
    plan(state, sample, sample.catalog->models().front().id);
}

void rankCatalog(benchmark::State &state)
{
    SampleRouting sample = sampleRouting(int(state.range(0)), int(state.range(1)));
    for (auto _ : state) {
        const routing::RankedCatalog ranked(*sample.catalog, sample.endpoints);
        benchmark::DoNotOptimize(ranked.models().data());
    }
}

} // namespace

BENCHMARK(planAuto)->Args({3, 100})->Args({20, 160})->Args({50, 600})->Unit(
    benchmark::kMicrosecond);
BENCHMARK(planAutoWhileManyRest)
    ->Args({3, 100})
    ->Args({20, 160})
    ->Args({50, 600})
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(planByName)->Args({3, 100})->Args({50, 600})->Unit(benchmark::kMicrosecond);
BENCHMARK(rankCatalog)->Args({50, 600})->Unit(benchmark::kMicrosecond);
