#include "activity_figures.h"

#include "ui/widgets/figures.h"

#include <algorithm>
#include <array>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using interfaces::RequestStats;
using interfaces::StatsFigures;
using interfaces::StatsLine;
using interfaces::StatsPoint;

namespace {

using Values = std::vector<std::optional<double>>;

constexpr std::array providerHues{
    ChartHue::Blue, ChartHue::Orange, ChartHue::Green, ChartHue::Purple, ChartHue::Teal};

/// An empty chart over the window of the sums.
ChartData chartOver(const RequestStats &stats, ChartKind kind, ChartUnit unit)
{
    ChartData chart;
    chart.kind = kind;
    chart.unit = unit;
    chart.start = stats.from;
    chart.step = std::max(stats.step, std::chrono::seconds(1));
    const qint64 step = chart.step.count();
    const qint64 steps = (stats.from.secsTo(stats.until) + step - 1) / step;
    chart.steps = int(std::clamp<qint64>(steps, 0, ChartData::maxPoints));
    return chart;
}

/// What `figure` tells of each point, at its step; the other steps are gaps.
template <typename Figure>
Values valuesOf(const ChartData &chart, const std::vector<StatsPoint> &points, Figure figure)
{
    Values values(std::size_t(chart.steps));
    for (const StatsPoint &point : points) {
        const qint64 index = chart.start.secsTo(point.start) / chart.step.count();
        if (index >= 0 && index < chart.steps) {
            values[std::size_t(index)] = figure(point.figures);
        }
    }
    return values;
}

double tokensOf(const StatsFigures &figures)
{
    return double(figures.promptTokens) + double(figures.completionTokens);
}

double tokensOf(const StatsLine &line)
{
    double sum = 0;
    for (const StatsPoint &point : line.points) {
        sum += tokensOf(point.figures);
    }
    return sum;
}

std::optional<double> inMilliseconds(std::optional<std::chrono::microseconds> time)
{
    constexpr double perMillisecond = 1'000;
    return time ? std::optional(double(time->count()) / perMillisecond) : std::nullopt;
}

std::optional<double> meanTtft(const StatsFigures &figures)
{
    if (figures.ttftCount == 0) {
        return std::nullopt;
    }
    return inMilliseconds(figures.ttfts / figures.ttftCount);
}

/// What remains of `all` without the lines; nothing that is less than half a token.
Values withoutLines(const Values &all, const std::vector<ChartSeries> &lines)
{
    Values rest = all;
    for (const ChartSeries &line : lines) {
        for (std::size_t i = 0; i < rest.size(); ++i) {
            if (rest[i] && line.values[i]) {
                *rest[i] -= *line.values[i];
            }
        }
    }
    return rest;
}

bool hasAny(const Values &values)
{
    return std::any_of(values.begin(), values.end(), [](const auto &value) {
        constexpr double half = 0.5;
        return value.value_or(0) >= half;
    });
}

} // namespace

Activity ActivityFigures::of(const RequestStats &stats, const QMap<QString, QString> &names)
{
    Activity activity;
    activity.isEmpty = stats.totals.requests == 0;
    activity.asOf = stats.until;
    activity.figures = keyFigures(stats);
    activity.requests = requestChart(stats);
    activity.ttft = ttftChart(stats);
    activity.tokens = tokenChart(stats, names);
    return activity;
}

std::vector<KeyFigure> ActivityFigures::keyFigures(const RequestStats &stats)
{
    const StatsFigures &totals = stats.totals;
    const QString none = tr("–", "no value");
    const auto share = totals.requests == 0
        ? none
        : Figures::percent(double(totals.failed) / double(totals.requests));
    const auto median = inMilliseconds(totals.ttftP50);
    const auto ttft = median ? median : meanTtft(totals);
    return {
        {Figures::compact(double(totals.requests)), tr("requests")},
        {share, tr("failed")},
        {ttft ? Figures::duration(*ttft) : none,
         median ? tr("to the first token (median)") : tr("to the first token (mean)")},
        {Figures::compact(tokensOf(totals)), tr("tokens")}};
}

ChartData ActivityFigures::requestChart(const RequestStats &stats)
{
    ChartData chart = chartOver(stats, ChartKind::Bars, ChartUnit::Count);
    const auto add = [&](const QString &name, ChartHue hue, auto figure) {
        chart.series.push_back({name, hue, valuesOf(chart, stats.series, figure)});
    };
    add(tr("Answered"), ChartHue::Blue, [](const StatsFigures &figures) {
        return double(figures.requests - figures.failed - figures.clientLeft);
    });
    add(tr("Failed"), ChartHue::Red, [](const StatsFigures &figures) {
        return double(figures.failed);
    });
    if (stats.totals.clientLeft > 0) {
        add(tr("The client left"), ChartHue::Grey, [](const StatsFigures &figures) {
            return double(figures.clientLeft);
        });
    }
    return chart;
}

ChartData ActivityFigures::ttftChart(const RequestStats &stats)
{
    ChartData chart = chartOver(stats, ChartKind::Lines, ChartUnit::Milliseconds);
    if (!stats.totals.ttftP50) {
        chart.series.push_back(
            {tr("Mean"),
             ChartHue::Blue,
             valuesOf(chart, stats.series, meanTtft),
             tr("Time to first token (mean)")});
        return chart;
    }
    const auto add =
        [&](const QString &name, const QString &column, ChartHue hue, auto percentile) {
            const auto figure = [percentile](const StatsFigures &figures) {
                return inMilliseconds(figures.*percentile);
            };
            chart.series.push_back({name, hue, valuesOf(chart, stats.series, figure), column});
        };
    add(tr("Half of the requests"),
        tr("Time to first token, p50"),
        ChartHue::Blue,
        &StatsFigures::ttftP50);
    add(tr("95 %"), tr("Time to first token, p95"), ChartHue::Orange, &StatsFigures::ttftP95);
    add(tr("99 %"), tr("Time to first token, p99"), ChartHue::Purple, &StatsFigures::ttftP99);
    return chart;
}

ChartData
ActivityFigures::tokenChart(const RequestStats &stats, const QMap<QString, QString> &names)
{
    ChartData chart = chartOver(stats, ChartKind::Bars, ChartUnit::Count);
    const auto tokens = [](const StatsFigures &figures) { return tokensOf(figures); };
    std::vector<const StatsLine *> lines;
    for (const StatsLine &line : stats.lines) {
        if (tokensOf(line) > 0) {
            lines.push_back(&line);
        }
    }
    std::stable_sort(lines.begin(), lines.end(), [](const StatsLine *a, const StatsLine *b) {
        return tokensOf(*a) > tokensOf(*b);
    });
    lines.resize(std::min(lines.size(), maxProviders));
    for (const StatsLine *line : lines) {
        const QString name = names.value(line->name, line->name);
        chart.series.push_back(
            {name,
             providerHues.at(chart.series.size()),
             valuesOf(chart, line->points, tokens),
             tr("Tokens: %1", "name of a provider").arg(name)});
    }
    Values rest = withoutLines(valuesOf(chart, stats.series, tokens), chart.series);
    if (hasAny(rest)) {
        chart.series.push_back(
            {tr("Others"), ChartHue::Grey, std::move(rest), tr("Tokens: others")});
    }
    return chart;
}

} // namespace freerelay::ui
