#include "health_view.h"

#include "core/health/health_table.h"

#include <algorithm>
#include <tuple>

namespace freerelay::health {

namespace {

Quantiles quantilesOf(const LatencyDigest &digest)
{
    constexpr double p50 = 0.5;
    constexpr double p95 = 0.95;
    constexpr double p99 = 0.99;
    return {digest.quantile(p50), digest.quantile(p95), digest.quantile(p99)};
}

common::Duration untilHalfOpen(const CircuitBreaker &breaker, common::SteadyTime now)
{
    return breaker.state(now) == CircuitState::Open ? breaker.openUntil() - now
                                                    : common::Duration(0);
}

CircuitState worseOf(CircuitState a, CircuitState b)
{
    if (a == CircuitState::Open || b == CircuitState::Open) {
        return CircuitState::Open;
    }
    return a == CircuitState::HalfOpen ? a : b;
}

TargetView viewOf(const TargetHealth &target, common::SteadyTime now)
{
    SlidingWindow window = target.breaker.window();
    window.advance(now);
    TargetView view;
    view.provider = target.provider->id;
    view.key = target.key;
    view.model = target.model;
    view.state = target.breaker.state(now);
    view.untilHalfOpen = untilHalfOpen(target.breaker, now);
    view.calls = window.calls();
    view.failureRate = window.failureRate();
    view.slowRate = window.slowRate();
    view.limit = target.isLocal ? 0 : target.concurrency.limit();
    view.inFlight = target.concurrency.inFlight();
    view.ttft = quantilesOf(target.ttft);
    view.gap = quantilesOf(target.gap);
    std::copy_if(
        target.degraded.begin(),
        target.degraded.end(),
        std::back_inserter(view.degraded),
        [now](const Degradation &degradation) { return degradation.until > now; });
    view.lastFailure = target.lastFailure;
    return view;
}

ProviderView viewOf(const ProviderHealth &provider, common::SteadyTime now)
{
    ProviderView view;
    view.provider = provider.id;
    view.state = provider.breaker.state(now);
    view.untilHalfOpen = untilHalfOpen(provider.breaker, now);
    view.targets = static_cast<int>(provider.targets.size());
    view.worst = view.state;
    bool allOpen = !provider.targets.empty();
    LatencyDigest ttft;
    for (const TargetHealth *target : provider.targets) {
        const CircuitState state = target->breaker.state(now);
        view.openTargets += state == CircuitState::Closed ? 0 : 1;
        allOpen = allOpen && state == CircuitState::Open;
        view.worst = worseOf(view.worst, state);
        view.answered += target->answered;
        view.failed += target->failed;
        view.limit += target->isLocal ? 0 : target->concurrency.limit();
        view.inFlight += target->concurrency.inFlight();
        ttft.merge(target->ttft, now);
    }
    view.isOpen = allOpen || view.state == CircuitState::Open;
    view.ttft = quantilesOf(ttft);
    return view;
}

} // namespace

const char *toString(Unwell reason)
{
    switch (reason) {
    case Unwell::ProviderOpen:
        return "provider_open";
    case Unwell::CircuitOpen:
        return "circuit_open";
    case Unwell::ProbeUnderWay:
        return "probe_under_way";
    case Unwell::Degraded:
        return "degraded";
    case Unwell::Busy:
        return "busy";
    }
    return "unknown";
}

HealthView HealthTable::view() const
{
    HealthView view;
    {
        const common::SteadyTime now = m_clock.now();
        const std::lock_guard lock(m_mutex);
        for (const auto &provider : m_providers) {
            view.providers.push_back(viewOf(*provider, now));
        }
        for (const auto &target : m_targets) {
            view.targets.push_back(viewOf(*target, now));
        }
    }
    std::sort(view.providers.begin(), view.providers.end(), [](const auto &a, const auto &b) {
        return a.provider < b.provider;
    });
    std::sort(view.targets.begin(), view.targets.end(), [](const auto &a, const auto &b) {
        return std::tie(a.provider, a.model, a.key) < std::tie(b.provider, b.model, b.key);
    });
    return view;
}

} // namespace freerelay::health
