#include "gateway_figures.h"

#include "core/services/quota/quota_rows.h"
#include "core/telemetry/process_stats.h"

#include <algorithm>

namespace freerelay::services {

namespace {

std::string compilerName()
{
#if defined(__clang__)
    return "clang " __clang_version__;
#elif defined(__GNUC__)
    return "gcc " __VERSION__;
#elif defined(_MSC_VER)
    return "msvc " + std::to_string(_MSC_VER);
#else
    return "unknown";
#endif
}

/// How many records wait in `queue`, and how many it dropped.
template <typename Queue>
void exportQueue(telemetry::Metrics &metrics, const std::string &name, const Queue &queue)
{
    metrics.sample(
        "freerelay_queue_depth", {name}, [&queue] { return static_cast<double>(queue.waiting()); });
    metrics.sample("freerelay_dropped_records_total", {name}, [&queue] {
        return static_cast<double>(queue.dropped());
    });
}

} // namespace

void exportProcess(telemetry::Metrics &metrics)
{
    metrics.sample("freerelay_build_info", {FREERELAY_VERSION, qVersion(), compilerName()}, [] {
        return 1.0;
    });
    telemetry::sampleProcess(metrics);
}

void exportStore(telemetry::Metrics &metrics, const store::RecordStore &records)
{
    metrics.sample("freerelay_queue_depth", {"records"}, [&records] {
        return static_cast<double>(records.status().queued);
    });
    metrics.sample("freerelay_dropped_records_total", {"records"}, [&records] {
        return static_cast<double>(records.status().dropped);
    });
}

void exportAudit(telemetry::Metrics &metrics, const store::AuditTrail &audit)
{
    metrics.sample("freerelay_queue_depth", {"audit"}, [&audit] {
        return static_cast<double>(audit.status().queued);
    });
    metrics.sample("freerelay_dropped_records_total", {"audit"}, [&audit] {
        return static_cast<double>(audit.status().dropped);
    });
}

void exportQuotas(telemetry::Metrics &metrics, const quota::QuotaLedger &quotas)
{
    metrics.sampleFamily("freerelay_quota_remaining_ratio", [&metrics, &quotas] {
        const auto known = metrics.knownNames().load();
        telemetry::Readings readings;
        for (const quota::QuotaWindowView &view : quotas.view()) {
            if (!view.limit && !view.blocked) {
                continue;
            }
            const double limit = double(std::max<std::int64_t>(view.limit.value_or(1), 1));
            const double left = view.blocked ? 0 : std::min(1.0, double(*view.remaining) / limit);
            const auto [reading, isNew] = readings.try_emplace(
                {metrics.providerLabel(view.pool.provider, *known),
                 shortName(view.window).toStdString()},
                left);
            reading->second = std::min(reading->second, left);
        }
        return readings;
    });
}

void exportServer(telemetry::Metrics &metrics, const gateway::ServerCounters &counters)
{
    const auto read = [&metrics](const char *name, const auto &counter) {
        metrics.sample(name, {}, [&counter] { return static_cast<double>(counter.load()); });
    };
    read("freerelay_requests_in_flight", counters.requestsInFlight);
    read("freerelay_http_connections", counters.connections);
    read("freerelay_http_requests_total", counters.requests);
    read("freerelay_http_refused_total", counters.refused);
}

void exportLog(telemetry::Metrics &metrics, const telemetry::LogOutput &log)
{
    exportQueue(metrics, "log", log);
}

void exportTraces(telemetry::Metrics &metrics, const telemetry::TraceQueue &traces)
{
    exportQueue(metrics, "trace", traces);
}

telemetry::KnownNames knownNames(const catalog::Catalog &catalog)
{
    telemetry::KnownNames names;
    for (const catalog::Provider &provider : catalog.providers()) {
        names.providers.insert(provider.id);
    }
    for (const catalog::Model &model : catalog.models()) {
        names.models.insert(model.id);
    }
    return names;
}

} // namespace freerelay::services
