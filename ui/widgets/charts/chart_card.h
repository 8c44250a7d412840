#pragma once

#include "ui/widgets/charts/chart_data.h"

#include <QWidget>

class QLabel;

namespace freerelay::ui {

class ChartLegend;
class TimeChart;

/// A chart with its title, what its axis counts, and its legend, on a card.
class ChartCard final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChartCard)

public:
    explicit ChartCard(const QString &title, QWidget *parent = nullptr);
    ~ChartCard() override = default;

    /// @param unit  of the values in words, as "requests in 15 minutes"
    void setChart(const ChartData &shown, const QString &unit);
    [[nodiscard]] TimeChart &chart() const { return *m_chart; }

private:
    QLabel *m_unit;
    TimeChart *m_chart;
    ChartLegend *m_legend;
};

} // namespace freerelay::ui
