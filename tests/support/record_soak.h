#pragma once

#include "core/store/record_reader.h"
#include "core/store/record_store.h"
#include "tests/support/sample_outcome.h"

#include <QByteArray>
#include <QFile>
#include <QString>

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <thread>
#include <unistd.h>
#include <vector>

namespace freerelay::tests {

struct SoakOptions
{
    QString path;
    int count = 30'000;
    int perSecond = 2'000; ///< offered, from two threads as from two workers
    /// Offers wait while more are queued: a machine that is busy with other things is no failure.
    std::int64_t mostQueued = std::numeric_limits<std::int64_t>::max();
    /// Told after each so many requests.
    int step = 10'000;
    std::function<void(int offered, std::int64_t rssKib)> told{};
};

struct SoakFigures
{
    store::StoreStatus status;
    std::int64_t deepestQueue = 0;
    std::vector<std::int64_t> rssKib; ///< after each step
};

/// Resident memory of this process.
inline std::int64_t residentKib()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly)) {
        return 0;
    }
    const QList<QByteArray> fields = file.readAll().split(' ');
    return fields.value(1).toLongLong() * ::sysconf(_SC_PAGESIZE) / 1024;
}

/// One of 40 models of 12 providers, five apps and ninety days, a second attempt now and then.
inline std::shared_ptr<const relay::Outcome> soakOutcome(int i, int count)
{
    using namespace std::chrono_literals;
    relay::Outcome outcome = anOutcome(i % 600, "req_" + QByteArray::number(i) + '_');
    outcome.time = sampleDay + std::chrono::microseconds(90 * 24h) / count * i;
    outcome.app = "app-" + QByteArray::number(i % 5);
    if (!outcome.provider.isEmpty()) {
        outcome.provider = "provider-" + QByteArray::number(i % 12);
        outcome.model = outcome.provider + "/model-" + QByteArray::number(i % 40);
        outcome.attempts.front().provider = outcome.provider;
        outcome.attempts.front().model = outcome.model;
        outcome.ttft = std::chrono::milliseconds(40 + i % 4'000);
        outcome.duration = *outcome.ttft + std::chrono::milliseconds(i % 9'000);
    }
    const auto said = std::uint64_t(i % 50 == 0 ? i : i + 1);
    outcome.digests = {said, said};
    return std::make_shared<const relay::Outcome>(std::move(outcome));
}

/// Offers requests to a real store at an even rate, and waits until they are written.
inline SoakFigures soak(const SoakOptions &options, const common::Clock &clock)
{
    using namespace std::chrono_literals;
    store::StoreOptions storeOptions;
    storeOptions.path = options.path;
    storeOptions.retention.requests = std::chrono::hours(24 * 200);
    storeOptions.retention.maxBytes = 64LL * 1024 * 1024 * 1024;
    store::RecordStore records(storeOptions, clock);
    SoakFigures figures;
    std::atomic<int> next{0};
    const auto start = std::chrono::steady_clock::now();
    const auto offer = [&](bool tells) {
        for (int i = next++; i < options.count; i = next++) {
            const auto due = start + std::chrono::microseconds(1s) / options.perSecond * i;
            std::this_thread::sleep_until(due);
            while (i % 256 == 0 && std::int64_t(records.status().queued) > options.mostQueued) {
                std::this_thread::sleep_for(1ms);
            }
            records.record(soakOutcome(i, options.count));
            if (tells && figures.rssKib.size() < std::size_t(i / options.step)) {
                const store::StoreStatus status = records.status();
                figures.deepestQueue = std::max(figures.deepestQueue, std::int64_t(status.queued));
                figures.rssKib.push_back(residentKib());
                if (options.told) {
                    options.told(i, figures.rssKib.back());
                }
            }
        }
    };
    std::thread other([&offer] { offer(false); });
    offer(true);
    other.join();
    records.stop(60s);
    figures.status = records.status();
    figures.rssKib.push_back(residentKib());
    return figures;
}

/// A question to the record, as the window and the dashboard ask it.
struct SoakQuestion
{
    const char *name;
    std::function<bool(store::RecordReader &)> ask; ///< false: no answer
};

/// Of a file that soak() filled with `count`.
inline std::vector<SoakQuestion> soakQuestions(int count)
{
    using namespace std::chrono_literals;
    using store::RecordReader;
    using store::RequestFilter;
    using store::TotalsBy;
    const auto page = [](const RequestFilter &filter) {
        return [filter](RecordReader &reader) {
            const auto found = reader.requests(filter, 100);
            return found && !found->requests.empty();
        };
    };
    const auto totals = [](TotalsBy by, bool ttfts) {
        return [by, ttfts](RecordReader &reader) {
            store::TotalsQuery query{sampleDay, sampleDay + 90 * 24h, by};
            query.span = store::daySpan;
            query.ttfts = ttfts;
            const auto found = reader.totals(query);
            return found && !found->empty();
        };
    };
    RequestFilter failed;
    failed.errorText = QStringLiteral("number 77");
    RequestFilter several;
    several.provider = "provider-3";
    several.app = "app-2";
    RequestFilter status;
    status.status = 503;
    return {
        {"page, newest", page({})},
        {"page, middle",
         [count](RecordReader &reader) {
             const auto middle = sampleDay + 45 * 24h;
             const store::PageKey key{
                 std::chrono::duration_cast<std::chrono::microseconds>(middle.time_since_epoch())
                     .count(),
                 count};
             const auto found = reader.requests({}, 100, key);
             return found && !found->requests.empty();
         }},
        {"page, provider and app", page(several)},
        {"page, status", page(status)},
        {"page, error text", page(failed)},
        {"90 days, all", totals(TotalsBy::Nothing, false)},
        {"90 days, by provider", totals(TotalsBy::Provider, false)},
        {"90 days, by model", totals(TotalsBy::Model, false)},
        {"90 days, by app", totals(TotalsBy::App, false)},
        {"90 days, by provider with percentiles", totals(TotalsBy::Provider, true)},
        {"90 days, by everything with percentiles",
         [](RecordReader &reader) {
             store::TotalsQuery query{sampleDay, sampleDay + 90 * 24h};
             query.span = store::daySpan;
             query.ttfts = true;
             const auto found = reader.breakdown(query);
             return found && found->apps.size() == 5;
         }},
        {"90 days, chart of all", [](RecordReader &reader) {
             store::TotalsQuery query{sampleDay, sampleDay + 90 * 24h, TotalsBy::Nothing};
             query.span = store::daySpan;
             const auto found = reader.series(query);
             return found && found->size() == 90;
         }}};
}

} // namespace freerelay::tests
