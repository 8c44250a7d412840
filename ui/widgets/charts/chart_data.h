#pragma once

#include "ui/widgets/charts/chart_style.h"

#include <QDateTime>
#include <QString>

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

namespace freerelay::ui {

enum class ChartKind {
    Bars, ///< stacked
    Lines,
    Steps, ///< lines that keep a value until the next one
};

enum class ChartUnit {
    Count,
    Milliseconds,
    Share, ///< 0..1, on an axis that shows all of it
};

/// One line, or one layer of the bars. nullopt = nothing is known of that step: a gap.
struct ChartSeries
{
    QString name;
    ChartHue hue = ChartHue::Blue;
    std::vector<std::optional<double>> values;
    QString columnName{}; ///< in a table, where more than one chart stands; "" = `name`
    bool operator==(const ChartSeries &) const = default;
};

/// A state that lasts, behind the values: from step `first` to step `last`, both included.
struct ChartBand
{
    QString name;
    Tone tone = Tone::Neutral;
    int first = 0;
    int last = 0;
    bool operator==(const ChartBand &) const = default;
};

/// What a chart shows: values over steps of equal length. All series have `steps` values.
struct ChartData
{
    static constexpr int maxPoints = 2'000;

    ChartKind kind = ChartKind::Bars;
    ChartUnit unit = ChartUnit::Count;
    QDateTime start; ///< of the first step
    std::chrono::seconds step{60};
    int steps = 0;
    std::vector<ChartSeries> series;
    std::vector<ChartBand> bands{}; ///< none overlap
    QString bandTitle{}; ///< what they tell, as the name of a table's column

    /// Null = none there.
    [[nodiscard]] const ChartBand *bandAt(int index) const
    {
        const auto found = std::find_if(bands.begin(), bands.end(), [index](const auto &band) {
            return band.first <= index && index <= band.last;
        });
        return found == bands.end() ? nullptr : &*found;
    }

    bool operator==(const ChartData &) const = default;
    [[nodiscard]] QDateTime startOf(int index) const
    {
        return start.addSecs(qint64(index) * step.count());
    }
};

/// A value of such a chart in words.
[[nodiscard]] QString valueText(ChartUnit unit, double value);

} // namespace freerelay::ui
