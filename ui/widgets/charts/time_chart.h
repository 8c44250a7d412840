#pragma once

#include "ui/widgets/charts/chart_data.h"

#include <QChartView>

#include <vector>

class QAreaSeries;
class QCategoryAxis;
class QLineSeries;

namespace freerelay::ui {

/// Values over time, as stacked bars or as lines with gaps where nothing is known; behind them,
/// bands tell states that last. Paints only
/// when it was given other data, another size or another palette. Tells the values of a step in a
/// tool tip, and all of it in words as its accessible description.
class TimeChart final : public QChartView
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TimeChart)

public:
    explicit TimeChart(QWidget *parent = nullptr);
    ~TimeChart() override = default;

    void setValues(ChartData values);
    [[nodiscard]] const ChartData &values() const { return m_data; }
    /// "24 Nov 17:45 · Answered 12 · Failed 1"
    [[nodiscard]] QString stepText(int index) const;
    /// The step at a place of the widget; -1 = none.
    [[nodiscard]] int stepAt(QPoint position) const;
    /// Where the values are drawn, without axes.
    [[nodiscard]] QRectF plotArea() const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void drawBackground(QPainter *painter, const QRectF &rect) override;

private:
    struct Area
    {
        QAreaSeries *area;
        QLineSeries *upper;
        QLineSeries *lower;
    };

    void showBars();
    void showLines();
    void updateAxes();
    void layOut();
    void restyle();
    [[nodiscard]] Area &areaAt(std::size_t index);
    [[nodiscard]] QLineSeries *lineAt(std::size_t index);
    [[nodiscard]] double largestValue() const;
    [[nodiscard]] QString summary() const;

    ChartData m_data;
    QCategoryAxis *m_time;
    QCategoryAxis *m_value;
    std::vector<Area> m_areas;
    std::vector<QLineSeries *> m_lines;
    std::vector<ChartHue> m_lineHues; ///< of m_lines
};

} // namespace freerelay::ui
