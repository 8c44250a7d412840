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

double circuitFigure(health::CircuitState state)
{
    switch (state) {
    case health::CircuitState::Closed:
        return 0;
    case health::CircuitState::HalfOpen:
        return 1;
    case health::CircuitState::Open:
        break;
    }
    return 2;
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

void exportHealth(telemetry::Metrics &metrics, const health::HealthTable &health)
{
    metrics.sampleFamily("freerelay_circuit_state", [&metrics, &health] {
        const auto known = metrics.knownNames().load();
        const health::HealthView view = health.view();
        telemetry::Readings readings;
        const auto read = [&](const QByteArray &provider, health::CircuitState state) {
            double &figure = readings[{metrics.providerLabel(provider, *known)}];
            figure = std::max(figure, circuitFigure(state));
        };
        for (const health::ProviderView &provider : view.providers) {
            read(provider.provider, provider.state);
        }
        for (const health::TargetView &target : view.targets) {
            read(target.provider, target.state);
        }
        return readings;
    });
    metrics.sample(
        "freerelay_brownout_active", {}, [&health] { return health.isBrownout() ? 1.0 : 0.0; });
    metrics.sampleFamily("freerelay_concurrency_limit", [&metrics, &health] {
        const auto known = metrics.knownNames().load();
        telemetry::Readings readings;
        for (const health::TargetView &target : health.view().targets) {
            if (target.limit > 0) {
                readings[{metrics.providerLabel(target.provider, *known)}] += target.limit;
            }
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
