#pragma once

#include "core/catalog/catalog.h"
#include "core/common/clock.h"
#include "core/gateway/connection_context.h"
#include "core/health/health_table.h"
#include "core/keys/key_manager.h"
#include "core/quota/quota_ledger.h"
#include "core/services/control_thread.h"
#include "core/settings/settings.h"
#include "core/store/audit/audit_trail.h"
#include "core/store/record_store.h"
#include "core/telemetry/log_output.h"
#include "core/telemetry/metrics.h"
#include "core/telemetry/otlp_exporter.h"
#include "core/telemetry/redactor.h"
#include "core/telemetry/request_lines.h"
#include "core/telemetry/trace_queue.h"

#include <memory>
#include <vector>

namespace freerelay::services {

/// What the program tells of itself: metrics, lines about requests in the log, traces; and the
/// thread in the background that this needs. Main thread, except for metrics() and the sinks.
class TelemetryHub final
{
public:
    /// Both outlive the hub; null = no log, nothing masked.
    struct Log
    {
        telemetry::LogOutput *output = nullptr;
        telemetry::Redactor *redactor = nullptr;
    };

    TelemetryHub(const common::Clock &clock, const QByteArray &instanceId, Log log);
    ~TelemetryHub() = default;
    Q_DISABLE_COPY_MOVE(TelemetryHub)

    /// Who wants to be told what became of requests.
    [[nodiscard]] std::vector<relay::OutcomeSink *> sinks();
    [[nodiscard]] telemetry::Metrics &metrics() { return m_metrics; }
    /// Lives on the thread in the background.
    [[nodiscard]] QObject &background() { return m_control.context(); }

    /// Exports these figures until stopSampling().
    void sample(const gateway::ServerCounters &counters);
    void sample(const store::RecordStore &records);
    void sample(const store::AuditTrail &audit);
    void sample(const quota::QuotaLedger &quotas);
    void sample(const health::HealthTable &health);
    /// What sample() was told of is about to go.
    void stopSampling() { m_metrics.stopSampling(); }

    /// Switches traces on or off as the settings say.
    void follow(const settings::Settings &settings);
    /// These names may stand in labels.
    void setCatalog(const catalog::Catalog &catalog);
    /// Nothing that is or may become a key is to be seen in a log: all that the manager knows, and
    /// `others`.
    void hideSecrets(
        const keys::KeyManager &keys,
        const catalog::Catalog &catalog,
        std::vector<common::Secret> others);

private:
    Log m_log;
    telemetry::TraceQueue m_traces;
    std::unique_ptr<telemetry::RequestLines> m_requestLines; ///< null = no log
    telemetry::Metrics m_metrics;
    telemetry::OtlpExporter *m_exporter; ///< deleted at the end of the control thread
    ControlThread m_control; ///< last: joined before what its jobs use
};

} // namespace freerelay::services
