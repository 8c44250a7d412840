#include "health_charts.h"

#include <algorithm>

namespace freerelay::ui {

using interfaces::CircuitLevel;
using interfaces::HealthFigures;
using interfaces::HealthSample;

namespace {

using Values = std::vector<std::optional<double>>;

Tone toneOf(CircuitLevel level)
{
    switch (level) {
    case CircuitLevel::Closed:
        return Tone::Good;
    case CircuitLevel::HalfOpen:
        return Tone::Warning;
    case CircuitLevel::Open:
        break;
    }
    return Tone::Bad;
}

/// What `figure` tells of each sample; it returns an optional.
template <typename Figure> Values valuesOf(const HealthFigures &figures, Figure figure)
{
    Values values;
    values.reserve(figures.samples.size());
    for (const auto &sample : figures.samples) {
        values.push_back(sample ? std::optional<double>(figure(*sample)) : std::nullopt);
    }
    return values;
}

std::optional<double> inMilliseconds(std::optional<std::chrono::microseconds> time)
{
    constexpr double perMillisecond = 1'000;
    return time ? std::optional(double(time->count()) / perMillisecond) : std::nullopt;
}

bool hasAny(const Values &values)
{
    return std::any_of(
        values.begin(), values.end(), [](const auto &value) { return value.has_value(); });
}

/// An empty chart over the time of the figures.
ChartData chartOver(const HealthFigures &figures, ChartKind kind, ChartUnit unit)
{
    ChartData chart;
    chart.kind = kind;
    chart.unit = unit;
    chart.start = figures.start;
    chart.step = figures.step;
    chart.steps = int(figures.samples.size());
    return chart;
}

} // namespace

QString HealthCharts::nameOf(CircuitLevel level)
{
    switch (level) {
    case CircuitLevel::Closed:
        return tr("Circuits closed");
    case CircuitLevel::HalfOpen:
        return tr("A circuit half open");
    case CircuitLevel::Open:
        break;
    }
    return tr("A circuit open");
}

QString HealthCharts::sentenceOf(const HealthSample &sample)
{
    const bool all = sample.unwell >= sample.circuits;
    switch (sample.circuit) {
    case CircuitLevel::Closed:
        return tr("Answers as usual");
    case CircuitLevel::HalfOpen:
        return all ? tr("Failed, and is tried again with one request at a time")
                   : tr("Of %1 models in use, %2 failed and are tried again", "two numbers")
                         .arg(sample.circuits)
                         .arg(sample.unwell);
    case CircuitLevel::Open:
        break;
    }
    return all ? tr("Fails; requests go elsewhere")
               : tr("Of %1 models in use, %2 fail; requests for these go elsewhere", "two numbers")
                     .arg(sample.circuits)
                     .arg(sample.unwell);
}

std::vector<ChartBand> HealthCharts::bandsOf(const HealthFigures &figures)
{
    std::vector<ChartBand> bands;
    for (int i = 0; i < int(figures.samples.size()); ++i) {
        const auto &sample = figures.samples[std::size_t(i)];
        if (!sample) {
            continue;
        }
        const Tone tone = toneOf(sample->circuit);
        if (!bands.empty() && bands.back().last == i - 1 && bands.back().tone == tone) {
            bands.back().last = i;
        } else {
            bands.push_back({nameOf(sample->circuit), tone, i, i});
        }
    }
    return bands;
}

HealthPicture HealthCharts::of(const HealthFigures &figures)
{
    HealthPicture picture;
    if (figures.samples.empty() || !figures.samples.back()) {
        return picture;
    }
    picture.isEmpty = false;
    picture.circuit = figures.samples.back()->circuit;
    picture.sentence = sentenceOf(*figures.samples.back());
    picture.ttft = chartOver(figures, ChartKind::Lines, ChartUnit::Milliseconds);
    picture.ttft.series = {
        {tr("Half of the streams"),
         ChartHue::Blue,
         valuesOf(figures, [](const auto &sample) { return inMilliseconds(sample.ttftP50); }),
         tr("Time to first token, p50")},
        {tr("95 %"),
         ChartHue::Orange,
         valuesOf(figures, [](const auto &sample) { return inMilliseconds(sample.ttftP95); }),
         tr("Time to first token, p95")}};
    picture.errors = chartOver(figures, ChartKind::Lines, ChartUnit::Share);
    picture.errors.series = {
        {tr("Failed"), ChartHue::Purple, valuesOf(figures, [](const auto &sample) {
             return sample.errorRate;
         })}};
    picture.calls = chartOver(figures, ChartKind::Steps, ChartUnit::Count);
    picture.calls.series = {
        {tr("Under way"), ChartHue::Blue, valuesOf(figures, [](const auto &sample) {
             return std::optional<double>(sample.underWay);
         })}};
    Values limits = valuesOf(figures, [](const auto &sample) {
        return sample.limit ? std::optional<double>(*sample.limit) : std::nullopt;
    });
    if (hasAny(limits)) {
        picture.calls.series.push_back({tr("Limit"), ChartHue::Orange, std::move(limits)});
    }
    for (ChartData *chart : {&picture.ttft, &picture.errors, &picture.calls}) {
        chart->bands = bandsOf(figures);
        chart->bandTitle = tr("Circuits");
    }
    return picture;
}

} // namespace freerelay::ui
