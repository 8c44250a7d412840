#pragma once

#include "core/interfaces/request_history.h"

#include <QByteArray>

#include <functional>
#include <optional>
#include <vector>

namespace freerelay::gateway {

/// One layer of bars, or one line, of a chart of the dashboard.
struct DashboardSeries
{
    QString name;
    QByteArray style; ///< class of the stylesheet
    std::vector<std::optional<double>> values; ///< one a step; nullopt = nothing is known
};

/// A chart over the window of the sums; all series have a value for each step.
struct DashboardChart
{
    QString title;
    QString unit; ///< what the values are, in words
    bool lines = false; ///< else stacked bars
    std::function<QByteArray(double)> label; ///< of a value
    std::vector<DashboardSeries> series;
};

/// How many steps the window has.
[[nodiscard]] int stepsOf(const interfaces::RequestStats &stats);

/// What `figure` tells of each step; nullopt where there was no request. Pure.
[[nodiscard]] std::vector<std::optional<double>> dashboardValues(
    const interfaces::RequestStats &stats,
    const std::vector<interfaces::StatsPoint> &points,
    const std::function<std::optional<double>(const interfaces::StatsFigures &)> &figure);

/// The chart as a figure with an inline SVG, without scripts and styles of its own. Text is
/// escaped. Pure.
[[nodiscard]] QByteArray
dashboardSvg(const interfaces::RequestStats &stats, const DashboardChart &chart);

/// "999", "1.2 k", "34 k", "5.6 M", "7.8 G". @param value  ≥ 0
[[nodiscard]] QByteArray shortNumber(double value);
/// "0.4 ms", "340 ms", "2.4 s". @param milliseconds  ≥ 0
[[nodiscard]] QByteArray shortDuration(double milliseconds);

} // namespace freerelay::gateway
