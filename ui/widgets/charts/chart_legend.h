#pragma once

#include "ui/widgets/charts/chart_data.h"

#include <QWidget>

namespace freerelay::ui {

/// The names of a chart's series beside samples of their lines or bars, in as many rows as needed.
/// Not read out: the chart itself is described in words.
class ChartLegend final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChartLegend)

public:
    explicit ChartLegend(QWidget *parent = nullptr);
    ~ChartLegend() override = default;

    void setChart(const ChartData &chart);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Entry
    {
        QString name;
        ChartHue hue; ///< without `band`
        std::optional<Tone> band{};
        bool operator==(const Entry &) const = default;
    };

    /// Calls `place` with each entry and its rectangle; returns the height of all of them.
    template <typename Place> int layOut(int width, Place place) const;

    ChartKind m_kind = ChartKind::Bars;
    std::vector<Entry> m_entries;
};

} // namespace freerelay::ui
