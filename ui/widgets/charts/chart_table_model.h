#pragma once

#include "ui/widgets/charts/chart_data.h"

#include <QAbstractTableModel>

#include <vector>

namespace freerelay::ui {

/// The same values as charts over one time axis show, as rows: newest first, a column for each
/// series, and one for the bands of the first chart. Steps of which nothing is known are left out.
class ChartTableModel final : public QAbstractTableModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChartTableModel)

public:
    using QAbstractTableModel::QAbstractTableModel;
    ~ChartTableModel() override = default;

    /// @param charts  with equal start, step and number of steps
    void setCharts(std::vector<ChartData> charts);
    /// Everything with tabulators, the first line holds the names: for a spreadsheet.
    [[nodiscard]] QString text() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant
    headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Column
    {
        std::size_t chart;
        std::optional<std::size_t> series; ///< nullopt = its bands
    };

    [[nodiscard]] QString nameOf(const Column &column) const;

    [[nodiscard]] QString cell(int row, int column) const;

    std::vector<ChartData> m_charts;
    std::vector<Column> m_columns;
    std::vector<int> m_steps; ///< of each row
};

} // namespace freerelay::ui
