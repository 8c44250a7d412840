#include "telemetry_hub.h"

#include "core/services/gateway_figures.h"

namespace freerelay::services {

TelemetryHub::TelemetryHub(const common::Clock &clock, const QByteArray &instanceId, Log log)
    : m_log(log)
    , m_exporter(new telemetry::OtlpExporter(
          m_traces, clock, {QByteArrayLiteral(FREERELAY_VERSION), instanceId}))
{
    m_exporter->moveToThread(&m_control.thread());
    QObject::connect(&m_control.thread(), &QThread::finished, m_exporter, &QObject::deleteLater);
    exportProcess(m_metrics);
    exportTraces(m_metrics, m_traces);
    if (m_log.output != nullptr) {
        m_requestLines = std::make_unique<telemetry::RequestLines>(*m_log.output);
        exportLog(m_metrics, *m_log.output);
    }
}

std::vector<relay::OutcomeSink *> TelemetryHub::sinks()
{
    std::vector<relay::OutcomeSink *> sinks{&m_traces};
    if (m_requestLines) {
        sinks.push_back(m_requestLines.get());
    }
    return sinks;
}

void TelemetryHub::sample(const store::RecordStore &records)
{
    exportStore(m_metrics, records);
}

void TelemetryHub::sample(const store::AuditTrail &audit)
{
    exportAudit(m_metrics, audit);
}

void TelemetryHub::sample(const quota::QuotaLedger &quotas)
{
    exportQuotas(m_metrics, quotas);
}

void TelemetryHub::sample(const health::HealthTable &health)
{
    exportHealth(m_metrics, health);
}

void TelemetryHub::sample(const gateway::ServerCounters &counters)
{
    exportServer(m_metrics, counters);
}

void TelemetryHub::follow(const settings::Settings &settings)
{
    QMetaObject::invokeMethod(
        m_exporter, [exporter = m_exporter, endpoint = settings.otlpEndpoint] {
            exporter->setEndpoint(endpoint);
        });
}

void TelemetryHub::setCatalog(const catalog::Catalog &catalog)
{
    m_metrics.setKnownNames(knownNames(catalog));
}

void TelemetryHub::hideSecrets(
    const keys::KeyManager &keys,
    const catalog::Catalog &catalog,
    std::vector<common::Secret> others)
{
    if (m_log.redactor == nullptr) {
        return;
    }
    const std::shared_ptr<const keys::KeyRing> ring = keys.ring().load();
    for (const catalog::Provider &provider : catalog.providers()) {
        for (const keys::Key &key : ring->keysFor(provider.id)) {
            others.push_back(key.secret);
        }
    }
    for (const keys::KeyOffer &offer : keys.offers()) {
        others.push_back(offer.secret);
    }
    m_log.redactor->setSecrets(others);
}

} // namespace freerelay::services
