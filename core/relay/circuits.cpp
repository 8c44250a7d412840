#include "circuits.h"

#include <QSet>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

using health::CircuitState;

void add(std::vector<OpenCircuit> &circuits, const OpenCircuit &circuit)
{
    const bool isThere = std::any_of(
        circuits.begin(), circuits.end(), [&circuit](const OpenCircuit &other) {
            return other.provider == circuit.provider && other.model == circuit.model
                && other.state == circuit.state && other.feature == circuit.feature;
        });
    if (!isThere) {
        circuits.push_back(circuit);
    }
}

void addCircuit(
    std::vector<OpenCircuit> &circuits,
    const QByteArray &provider,
    const QByteArray &model,
    CircuitState state,
    common::Duration untilHalfOpen)
{
    if (state == CircuitState::Closed) {
        return;
    }
    OpenCircuit circuit{provider, model, health::toString(state), {}, std::nullopt};
    if (state == CircuitState::Open) {
        circuit.retryAfter = std::chrono::ceil<std::chrono::seconds>(untilHalfOpen);
    }
    add(circuits, circuit);
}

} // namespace

health::BrownoutReading
brownoutReading(const RelayConfig &config, const health::HealthTable &health)
{
    QSet<QByteArray> open;
    if (health.isAnyUnwell()) {
        for (const health::ProviderView &provider : health.view().providers) {
            if (provider.isOpen) {
                open.insert(provider.provider);
            }
        }
    }
    const health::CallCounts counts = health.counts();
    health::BrownoutReading reading;
    reading.answered = counts.answered;
    reading.failed = counts.failed;
    for (const routing::Endpoint &endpoint : config.endpoints) {
        if (!endpoint.barred && endpoint.provider->tier != catalog::Tier::Local) {
            ++reading.configured;
            reading.open += open.contains(endpoint.provider->id) ? 1 : 0;
        }
    }
    return reading;
}

std::vector<OpenCircuit> openCircuits(const health::HealthTable &health)
{
    std::vector<OpenCircuit> circuits;
    if (!health.isAnyUnwell()) {
        return circuits;
    }
    const health::HealthView view = health.view();
    for (const health::ProviderView &provider : view.providers) {
        addCircuit(circuits, provider.provider, {}, provider.state, provider.untilHalfOpen);
    }
    for (const health::TargetView &target : view.targets) {
        addCircuit(circuits, target.provider, target.model, target.state, target.untilHalfOpen);
        for (const health::Degradation &degradation : target.degraded) {
            add(circuits,
                {target.provider,
                 target.model,
                 "degraded"_ba,
                 health::toString(degradation.feature),
                 std::nullopt});
        }
    }
    return circuits;
}

} // namespace freerelay::relay
