#include "dashboard_chart.h"

#include <algorithm>
#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

using interfaces::RequestStats;
using interfaces::StatsPoint;

// The drawing, in its own units.
constexpr double width = 720;
constexpr double height = 190;
constexpr double left = 58;
constexpr double right = 12;
constexpr double top = 10;
constexpr double bottom = 24;
constexpr double plotWidth = width - left - right;
constexpr double plotHeight = height - top - bottom;
constexpr int ticks = 4;
constexpr int timeLabels = 5;

QByteArray number(double value)
{
    return QByteArray::number(value, 'f', 1);
}

QByteArray escaped(const QString &text)
{
    return text.toHtmlEscaped().toUtf8();
}

QByteArray oneDigit(double value)
{
    const double tenth = std::round(value * 10) / 10;
    const bool isWhole = tenth >= 10 || tenth == std::floor(tenth);
    return QByteArray::number(value, 'f', isWhole ? 0 : 1);
}

double roundStep(double least)
{
    const double magnitude = std::pow(10, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * magnitude >= least) {
            return factor * magnitude;
        }
    }
    return 10 * magnitude;
}

/// Where things are on the drawing.
struct Plot
{
    const RequestStats &stats;
    int steps;
    double step; ///< between the values of the axis
    double topValue;

    [[nodiscard]] double x(double index) const
    {
        return left + plotWidth * index / std::max(1, steps);
    }
    [[nodiscard]] double y(double value) const { return top + plotHeight * (1 - value / topValue); }
};

Plot plotFor(const RequestStats &stats, const DashboardChart &chart)
{
    const int steps = stepsOf(stats);
    std::vector<double> sums(std::size_t(steps), 0.0);
    double largest = 0;
    for (const DashboardSeries &series : chart.series) {
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const double value = series.values[i].value_or(0);
            sums[i] += value;
            largest = std::max(largest, chart.lines ? value : sums[i]);
        }
    }
    const double step = std::max(
        roundStep(std::max(largest, 1.0) / ticks), chart.lines ? 0.0 : 1.0);
    return {stats, steps, step, step * std::ceil(std::max(largest, 1.0) / step - 1e-9)};
}

QByteArray valueAxis(const Plot &plot, const DashboardChart &chart)
{
    QByteArray svg;
    for (double value = 0; value <= plot.topValue + plot.step / 2; value += plot.step) {
        const QByteArray y = number(plot.y(value));
        svg += "<line class=\"grid\" x1=\"" + number(left) + "\" x2=\"" + number(width - right)
            + "\" y1=\"" + y + "\" y2=\"" + y + "\"/><text class=\"axis\" text-anchor=\"end\" x=\""
            + number(left - 8) + "\" y=\"" + number(plot.y(value) + 4) + "\">"
            + (value == 0 ? "0"_ba : chart.label(value)) + "</text>";
    }
    return svg;
}

QByteArray timeAxis(const Plot &plot)
{
    constexpr int secondsADay = 86'400;
    const bool days = plot.stats.step.count() % secondsADay == 0;
    const bool isLong = plot.stats.from.secsTo(plot.stats.until) > 2 * secondsADay;
    QByteArray svg;
    for (int i = 0; i < timeLabels && i < plot.steps; ++i) {
        const int index = plot.steps * i / timeLabels;
        const QDateTime start = plot.stats.from.addSecs(index * plot.stats.step.count());
        // Days are those of UTC: so they are summed up.
        const QDateTime shown = days ? start.toUTC() : start.toLocalTime();
        svg += "<text class=\"axis\" x=\"" + number(plot.x(index)) + "\" y=\"" + number(height - 6)
            + "\">" + shown.toString(isLong ? u"MM-dd"_s : u"HH:mm"_s).toLatin1() + "</text>";
    }
    return svg;
}

QByteArray bars(const Plot &plot, const DashboardChart &chart)
{
    QByteArray svg;
    std::vector<double> floor(std::size_t(plot.steps), 0.0);
    constexpr double gap = 0.15;
    for (const DashboardSeries &series : chart.series) {
        svg += "<path class=\"" + series.style + "\" d=\"";
        for (std::size_t i = 0; i < floor.size(); ++i) {
            const double value = series.values[i].value_or(0);
            if (value <= 0) {
                continue;
            }
            svg += 'M' + number(plot.x(double(i) + gap)) + ' ' + number(plot.y(floor[i])) + 'V'
                + number(plot.y(floor[i] + value)) + 'H' + number(plot.x(double(i) + 1 - gap)) + 'V'
                + number(plot.y(floor[i])) + 'Z';
            floor[i] += value;
        }
        svg += "\"/>";
    }
    return svg;
}

QByteArray lines(const Plot &plot, const DashboardChart &chart)
{
    QByteArray svg;
    for (const DashboardSeries &series : chart.series) {
        svg += "<path class=\"line " + series.style + "\" d=\"";
        bool isOn = false;
        for (std::size_t i = 0; i < series.values.size(); ++i) {
            const auto &value = series.values[i];
            if (value) {
                // A short level piece, so that a value without neighbours is seen as well.
                svg += (isOn ? 'L' : 'M') + number(plot.x(double(i) + 0.4)) + ' '
                    + number(plot.y(*value)) + 'H' + number(plot.x(double(i) + 0.6));
            }
            isOn = value.has_value();
        }
        svg += "\"/>";
    }
    return svg;
}

QByteArray legend(const DashboardChart &chart)
{
    QByteArray html = "<p class=\"legend\">"_ba;
    for (const DashboardSeries &series : chart.series) {
        const QByteArray kind = chart.lines ? "line "_ba : ""_ba;
        const QByteArray shape = chart.lines ? "M0 5H22"_ba : "M0 0H22V10H0Z"_ba;
        html += "<span><svg width=\"22\" height=\"10\" aria-hidden=\"true\"><path class=\"" + kind
            + series.style + "\" d=\"" + shape + "\"/></svg> " + escaped(series.name) + "</span> ";
    }
    return html + "</p>";
}

} // namespace

int stepsOf(const RequestStats &stats)
{
    const qint64 step = std::max<qint64>(1, stats.step.count());
    const qint64 steps = (stats.from.secsTo(stats.until) + step - 1) / step;
    return int(std::clamp<qint64>(steps, 0, RequestStats::maxPoints));
}

std::vector<std::optional<double>> dashboardValues(
    const RequestStats &stats,
    const std::vector<StatsPoint> &points,
    const std::function<std::optional<double>(const interfaces::StatsFigures &)> &figure)
{
    std::vector<std::optional<double>> values(std::size_t(stepsOf(stats)));
    const qint64 step = std::max<qint64>(1, stats.step.count());
    for (const StatsPoint &point : points) {
        const qint64 index = stats.from.secsTo(point.start) / step;
        if (index >= 0 && index < qint64(values.size())) {
            values[std::size_t(index)] = figure(point.figures);
        }
    }
    return values;
}

QByteArray dashboardSvg(const RequestStats &stats, const DashboardChart &chart)
{
    const Plot plot = plotFor(stats, chart);
    return "<figure><figcaption><b>" + escaped(chart.title) + "</b> " + escaped(chart.unit)
        + "</figcaption><svg role=\"img\" aria-label=\"" + escaped(chart.title)
        + "\" viewBox=\"0 0 720 190\">" + valueAxis(plot, chart) + timeAxis(plot)
        + (chart.lines ? lines(plot, chart) : bars(plot, chart)) + "</svg>" + legend(chart)
        + "</figure>";
}

QByteArray shortNumber(double value)
{
    constexpr double thousand = 1'000;
    // What would be rounded to "1000 k" is shown as "1 M".
    constexpr double nearly = 999.5;
    for (const char *unit : {"", " k", " M"}) {
        if (value < nearly) {
            return oneDigit(value) + unit;
        }
        value /= thousand;
    }
    return oneDigit(value) + " G";
}

QByteArray shortDuration(double milliseconds)
{
    constexpr double nearlySecond = 999.5;
    constexpr double thousand = 1'000;
    if (milliseconds < nearlySecond) {
        return oneDigit(milliseconds) + " ms";
    }
    return oneDigit(milliseconds / thousand) + " s";
}

} // namespace freerelay::gateway
