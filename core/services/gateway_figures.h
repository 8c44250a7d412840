#pragma once

#include "core/catalog/catalog.h"
#include "core/gateway/connection_context.h"
#include "core/health/health_table.h"
#include "core/quota/quota_ledger.h"
#include "core/store/audit/audit_trail.h"
#include "core/store/record_store.h"
#include "core/telemetry/log_output.h"
#include "core/telemetry/metrics.h"
#include "core/telemetry/trace_queue.h"

namespace freerelay::services {

/// What the metrics read of the rest of the program. `metrics` keeps references to what it is
/// given: Metrics::stopSampling() before any of that goes.

/// Version, and what the system says about the process.
void exportProcess(telemetry::Metrics &metrics);
void exportStore(telemetry::Metrics &metrics, const store::RecordStore &records);
void exportAudit(telemetry::Metrics &metrics, const store::AuditTrail &audit);
void exportQuotas(telemetry::Metrics &metrics, const quota::QuotaLedger &quotas);
void exportHealth(telemetry::Metrics &metrics, const health::HealthTable &health);
void exportServer(telemetry::Metrics &metrics, const gateway::ServerCounters &counters);

void exportLog(telemetry::Metrics &metrics, const telemetry::LogOutput &log);

void exportTraces(telemetry::Metrics &metrics, const telemetry::TraceQueue &traces);

/// The names of the catalogue, for labels.
[[nodiscard]] telemetry::KnownNames knownNames(const catalog::Catalog &catalog);

} // namespace freerelay::services
