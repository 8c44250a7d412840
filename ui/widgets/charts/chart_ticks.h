#pragma once

#include "ui/widgets/charts/chart_data.h"

#include <QCoreApplication>

#include <vector>

namespace freerelay::ui {

/// A labelled place on an axis.
struct ChartTick
{
    double position = 0; ///< on the time axis in steps: step i reaches from i - 0.5 to i + 0.5
    QString label;
    bool operator==(const ChartTick &) const = default;
};

/// Where an axis has its labels: at round values, and at round times of the user's day. Pure.
class ChartTicks
{
    Q_DECLARE_TR_FUNCTIONS(freerelay::ui::ChartTicks)

public:
    /// From 0 up to the first round value that is not below `largest`: the end of the axis.
    [[nodiscard]] static std::vector<ChartTick> values(ChartUnit unit, double largest, int most);
    /// At most `most`, in local time; none when there is no step.
    [[nodiscard]] static std::vector<ChartTick> times(const ChartData &data, int most);
    /// The time of a step as a table or tool tip tells it: "24 Nov 17:45", of whole days "24 Nov",
    /// of steps shorter than a minute "17:45:10".
    [[nodiscard]] static QString stepText(const ChartData &data, int index);

private:
    [[nodiscard]] static QString dayText(const QDateTime &local);
    [[nodiscard]] static QString timeText(const QDateTime &local);
};

} // namespace freerelay::ui
