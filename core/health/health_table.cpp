#include "health_table.h"

#include "core/catalog/endpoint.h"

#include <algorithm>
#include <utility>

namespace freerelay::health {

namespace {

/// Of a provider as a whole: more calls than a target's, and by more than one target.
BreakerRules providerRules()
{
    BreakerRules rules;
    rules.window = 40;
    rules.minimumCalls = 8;
    rules.failureRate = 0.8;
    rules.minimumSources = 2;
    rules.slowRate = 2; // never: a model may be slow, that is no trouble of its provider
    return rules;
}

/// What a quantile must be of to tell anything.
constexpr double enoughTimes = 20;
/// A call that took so many times the p95 shows a crowd (spec of the limit of calls at once).
constexpr int unusual = 2;

HealthRefusal shut(const CircuitBreaker &breaker, Unwell open, common::SteadyTime now)
{
    return {breaker.isProbing() ? Unwell::ProbeUnderWay : open, std::max(breaker.openUntil(), now)};
}

const Degradation *
degradationOf(const TargetHealth &target, const CallShape &shape, common::SteadyTime now)
{
    const auto found = std::find_if(
        target.degraded.begin(), target.degraded.end(), [&](const Degradation &degradation) {
            return degradation.until > now && concerns(degradation, shape);
        });
    return found == target.degraded.end() ? nullptr : &*found;
}

constexpr double p95 = 0.95;
constexpr double p99 = 0.99;

/// nullopt when it would tell nothing.
std::optional<common::Duration>
quantileOf(const LatencyDigest &times, double share, common::SteadyTime now)
{
    return times.weight(now) >= enoughTimes ? times.quantile(share) : std::nullopt;
}

bool isUnusuallySlow(
    const LatencyDigest &ttfts, std::optional<common::Duration> ttft, common::SteadyTime now)
{
    const auto usual = ttft ? quantileOf(ttfts, p95, now) : std::nullopt;
    return usual && *ttft > unusual * *usual;
}

int requestsPerMinute(const HealthTarget &target)
{
    const auto own = target.model.freeLimits.requestsPerMinute;
    const auto perMinute = own ? own : target.provider.freeLimits.requestsPerMinute;
    return static_cast<int>(std::clamp<std::int64_t>(
        perMinute.value_or(ConcurrencyLimit::most),
        ConcurrencyLimit::least,
        ConcurrencyLimit::most));
}

} // namespace

HealthTable::HealthTable(const common::Clock &clock, std::function<double()> random)
    : m_clock(clock)
    , m_random(std::move(random))
{ }

TargetHealth &HealthTable::healthOf(const HealthTarget &target)
{
    std::shared_ptr<TargetHealth> &found
        = m_targets[{target.provider.id, target.key, target.model.id}];
    if (found) {
        return *found;
    }
    std::shared_ptr<ProviderHealth> &provider = m_providers[target.provider.id];
    if (!provider) {
        provider = std::make_shared<ProviderHealth>();
        provider->id = target.provider.id;
        provider->breaker = CircuitBreaker(providerRules());
    }
    found = std::make_shared<TargetHealth>();
    found->key = target.key;
    found->model = target.model.id;
    found->provider = provider.get();
    found->source = static_cast<std::uint32_t>(provider->targets.size());
    found->isLocal = catalog::tierOf(target.provider, target.model) == catalog::Tier::Local;
    provider->targets.push_back(found.get());
    return *found;
}

std::optional<HealthRefusal>
HealthTable::refusal(const TargetHealth &target, const CallShape &shape, common::SteadyTime now)
{
    if (target.isLocal) {
        return std::nullopt;
    }
    const CircuitBreaker &provider = target.provider->breaker;
    if (provider.gate(now) == CircuitBreaker::Gate::Shut) {
        return shut(provider, Unwell::ProviderOpen, now);
    }
    if (target.breaker.gate(now) == CircuitBreaker::Gate::Shut) {
        return shut(target.breaker, Unwell::CircuitOpen, now);
    }
    if (const Degradation *degradation = degradationOf(target, shape, now)) {
        return HealthRefusal{Unwell::Degraded, degradation->until};
    }
    return target.concurrency.hasRoom() ? std::nullopt
                                        : std::optional(HealthRefusal{Unwell::Busy, now});
}

std::variant<CallTicket, HealthRefusal>
HealthTable::admit(const HealthTarget &target, const CallShape &shape, Need need)
{
    const common::SteadyTime now = m_clock.now();
    const std::lock_guard lock(m_mutex);
    TargetHealth &health = healthOf(target);
    health.concurrency.setCeiling(requestsPerMinute(target));
    if (need == Need::Usual) {
        if (const auto refused = refusal(health, shape, now)) {
            return *refused;
        }
    }
    ++m_counts.begun;
    return CallTicket(
        *this,
        CallPass{
            &health,
            health.breaker.enter(now),
            health.provider->breaker.enter(now),
            health.concurrency.enter(),
            shape,
            {quantileOf(health.ttft, p99, now), quantileOf(health.gap, p99, now)}});
}

std::optional<common::Duration> HealthTable::lateTtft(const HealthTarget &target) const
{
    const common::SteadyTime now = m_clock.now();
    const std::lock_guard lock(m_mutex);
    const auto found = m_targets.constFind({target.provider.id, target.key, target.model.id});
    return found == m_targets.cend() ? std::nullopt : quantileOf((*found)->ttft, p95, now);
}

CallMark HealthTable::markOf(const CallPass &pass, common::SteadyTime now, bool failed)
{
    CallMark mark;
    mark.at = now;
    mark.failed = failed;
    mark.source = pass.target->source;
    mark.shape = pass.shape;
    return mark;
}

void HealthTable::onSucceeded(const CallPass &pass, const CallTimes &times)
{
    const common::SteadyTime now = m_clock.now();
    const std::lock_guard lock(m_mutex);
    ++m_counts.ended;
    TargetHealth &target = *pass.target;
    ++target.answered;
    if (isUnusuallySlow(target.ttft, times.ttft, now)) {
        target.concurrency.slow(pass.number);
    } else {
        target.concurrency.answered();
    }
    if (times.ttft) {
        target.ttft.add(*times.ttft, now);
    }
    if (times.gaps != nullptr) {
        target.gap.merge(*times.gaps, now);
    }
    if (target.isLocal) {
        return;
    }
    ++m_counts.answered;
    CallMark mark = markOf(pass, now, false);
    mark.slow = times.ttft && *times.ttft >= slowTtft;
    target.breaker.ended(pass.circuit, mark, 0);
    if (mark.slow) {
        target.breaker.judge(now, m_random());
    }
    std::erase_if(target.degraded, [&](const Degradation &degradation) {
        return concerns(degradation, pass.shape);
    });
    onProviderAnswered(pass, mark);
    if (mark.slow || isAnyUnwell()) {
        noteUnwell(now);
    }
}

/// When the whole provider is well again, its targets are to find out about themselves at once.
void HealthTable::onProviderAnswered(const CallPass &pass, const CallMark &mark)
{
    ProviderHealth &provider = *pass.target->provider;
    const bool wasOpen = provider.breaker.state(mark.at) != CircuitState::Closed;
    provider.breaker.ended(pass.providerCircuit, mark, 0);
    if (!wasOpen || provider.breaker.state(mark.at) != CircuitState::Closed) {
        return;
    }
    for (TargetHealth *target : provider.targets) {
        target->breaker.retry(mark.at);
    }
}

void HealthTable::onFailed(const CallPass &pass, CallFailure failure)
{
    const common::SteadyTime now = m_clock.now();
    const std::lock_guard lock(m_mutex);
    ++m_counts.ended;
    TargetHealth &target = *pass.target;
    ++target.failed;
    target.lastFailure = failure;
    target.concurrency.failed(pass.number);
    if (target.isLocal) {
        return;
    }
    ++m_counts.failed;
    const double random = m_random();
    if (degradationOf(target, pass.shape, now) != nullptr) {
        target.breaker.left(pass.circuit); // known, and no news about anything else
        target.provider->breaker.left(pass.providerCircuit);
    } else {
        const CallMark mark = markOf(pass, now, true);
        target.breaker.ended(pass.circuit, mark, random);
        target.provider->breaker.ended(pass.providerCircuit, mark, random);
        judgeTarget(target, now, random);
        judgeProvider(*target.provider, now, random);
    }
    noteUnwell(now);
}

void HealthTable::judgeTarget(TargetHealth &target, common::SteadyTime now, double random)
{
    const auto degradation = explainFailures(target.breaker.window(), now);
    if (!degradation) {
        target.breaker.judge(now, random);
        return;
    }
    target.degraded.push_back(*degradation);
    target.breaker.window().forget([&](const CallMark &mark) { return mark.failed; });
}

void HealthTable::judgeProvider(ProviderHealth &provider, common::SteadyTime now, double random)
{
    const auto open = std::count_if(
        provider.targets.begin(), provider.targets.end(), [now](const TargetHealth *target) {
            return target->breaker.state(now) == CircuitState::Open;
        });
    if (open >= targetsToOpen) {
        provider.breaker.trip(now, random);
    } else {
        provider.breaker.judge(now, random);
    }
}

void HealthTable::onIgnored(const CallPass &pass)
{
    const std::lock_guard lock(m_mutex);
    ++m_counts.ended;
    pass.target->concurrency.left();
    pass.target->breaker.left(pass.circuit);
    pass.target->provider->breaker.left(pass.providerCircuit);
}

void HealthTable::noteUnwell(common::SteadyTime now)
{
    const auto isOpen = [now](const CircuitBreaker &breaker) {
        return breaker.state(now) != CircuitState::Closed;
    };
    bool any = false;
    for (const auto &provider : std::as_const(m_providers)) {
        any = any || isOpen(provider->breaker);
    }
    for (const auto &target : std::as_const(m_targets)) {
        std::erase_if(target->degraded, [now](const Degradation &degradation) {
            return degradation.until <= now;
        });
        any = any || isOpen(target->breaker) || !target->degraded.empty();
    }
    m_anyUnwell.store(any, std::memory_order_release);
}

std::vector<UnwellTarget> HealthTable::unwell(const CallShape &shape) const
{
    std::vector<UnwellTarget> result;
    if (!isAnyUnwell()) {
        return result;
    }
    const common::SteadyTime now = m_clock.now();
    const std::lock_guard lock(m_mutex);
    for (const auto &provider : m_providers) {
        if (provider->breaker.gate(now) == CircuitBreaker::Gate::Shut) {
            const HealthRefusal refused = shut(provider->breaker, Unwell::ProviderOpen, now);
            result.push_back({provider->id, {}, {}, refused.reason, refused.until});
        }
    }
    for (const auto &target : m_targets) {
        const bool isCovered = target->provider->breaker.gate(now) == CircuitBreaker::Gate::Shut;
        const auto refused = isCovered ? std::nullopt : refusal(*target, shape, now);
        if (refused && refused->reason != Unwell::Busy) {
            result.push_back(
                {target->provider->id,
                 target->key,
                 target->model,
                 refused->reason,
                 refused->until});
        }
    }
    return result;
}

void HealthTable::clear(QByteArrayView provider, QByteArrayView key)
{
    const common::SteadyTime now = m_clock.now();
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_providers.constFind(provider.toByteArray());
        found != m_providers.constEnd()) {
        (*found)->breaker.reset();
    }
    for (const auto &target : std::as_const(m_targets)) {
        if (target->provider->id == provider && (key.isEmpty() || target->key == key)) {
            target->breaker.reset();
            target->degraded.clear();
        }
    }
    noteUnwell(now);
}

CallCounts HealthTable::counts() const
{
    const std::lock_guard lock(m_mutex);
    return m_counts;
}

} // namespace freerelay::health
