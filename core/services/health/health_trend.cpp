#include "health_trend.h"

#include <algorithm>

namespace freerelay::services {

namespace {

using health::CircuitState;
using health::ProviderView;
using interfaces::CircuitLevel;
using interfaces::HealthSample;
using std::chrono::microseconds;

CircuitLevel levelOf(CircuitState state)
{
    switch (state) {
    case CircuitState::Closed:
        return CircuitLevel::Closed;
    case CircuitState::HalfOpen:
        return CircuitLevel::HalfOpen;
    case CircuitState::Open:
        break;
    }
    return CircuitLevel::Open;
}

std::optional<microseconds> rounded(std::optional<common::Duration> time)
{
    return time ? std::optional(std::chrono::round<microseconds>(*time)) : std::nullopt;
}

const ProviderView *find(const std::vector<ProviderView> &providers, QByteArrayView id)
{
    const auto found = std::find_if(
        providers.begin(), providers.end(), [id](const auto &view) { return view.provider == id; });
    return found == providers.end() ? nullptr : &*found;
}

/// @param before  the same provider a minute earlier; null = it had not been called
std::optional<double> errorRate(const ProviderView &now, const ProviderView *before)
{
    const std::uint64_t failed = now.failed - (before != nullptr ? before->failed : 0);
    const std::uint64_t answered = now.answered - (before != nullptr ? before->answered : 0);
    if (failed + answered == 0) {
        return std::nullopt;
    }
    return static_cast<double>(failed) / static_cast<double>(failed + answered);
}

HealthSample sampleOf(const ProviderView &now, const ProviderView *before)
{
    HealthSample sample;
    sample.ttftP50 = rounded(now.ttft.p50);
    sample.ttftP95 = rounded(now.ttft.p95);
    sample.errorRate = errorRate(now, before);
    sample.circuit = levelOf(now.worst);
    sample.unwell = now.openTargets;
    sample.circuits = now.targets;
    sample.limit = now.limit > 0 ? std::optional(now.limit) : std::nullopt;
    sample.underWay = now.inFlight;
    return sample;
}

} // namespace

void HealthTrend::add(
    std::vector<ProviderView> providers, common::SteadyTime now, common::WallTime wall)
{
    const common::Duration sinceStart = now.time_since_epoch() % step;
    const std::int64_t number = now.time_since_epoch() / step;
    if (!m_notes.empty() && m_notes.back().number == number) {
        m_notes.back().providers = std::move(providers);
        return;
    }
    m_notes.push_back({number, wall - sinceStart, std::move(providers)});
    // One that is older than all that is shown tells what had been counted before.
    while (m_notes.size() > 1 && m_notes[1].number <= number - steps - rateSteps) {
        m_notes.pop_front();
    }
}

const HealthTrend::Note *HealthTrend::noteBefore(std::int64_t number) const
{
    const auto after = std::upper_bound(
        m_notes.begin(), m_notes.end(), number, [](std::int64_t wanted, const Note &note) {
            return wanted < note.number;
        });
    return after == m_notes.begin() ? nullptr : &*std::prev(after);
}

interfaces::HealthFigures HealthTrend::figures(QByteArrayView provider) const
{
    interfaces::HealthFigures figures;
    figures.step = step;
    if (m_notes.empty() || find(m_notes.back().providers, provider) == nullptr) {
        return figures;
    }
    const std::int64_t last = m_notes.back().number;
    const common::WallTime start = m_notes.back().start - step * (steps - 1);
    figures.start = QDateTime::fromMSecsSinceEpoch(
        std::chrono::floor<std::chrono::milliseconds>(start.time_since_epoch()).count());
    figures.samples.resize(steps);
    for (int i = 0; i < steps; ++i) {
        const std::int64_t number = last - steps + 1 + i;
        const Note *note = noteBefore(number);
        if (note == nullptr || note->number != number) {
            continue;
        }
        const Note *earlier = noteBefore(number - rateSteps);
        if (const ProviderView *view = find(note->providers, provider)) {
            figures.samples[std::size_t(i)] = sampleOf(
                *view, earlier != nullptr ? find(earlier->providers, provider) : nullptr);
        }
    }
    return figures;
}

} // namespace freerelay::services
