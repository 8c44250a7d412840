#include "chart_table_model.h"

#include "ui/widgets/charts/chart_ticks.h"
#include "ui/widgets/figures.h"

#include <algorithm>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

void ChartTableModel::setCharts(std::vector<ChartData> charts)
{
    if (charts == m_charts) {
        return;
    }
    beginResetModel();
    m_charts = std::move(charts);
    m_columns.clear();
    m_steps.clear();
    for (std::size_t chart = 0; chart < m_charts.size(); ++chart) {
        for (std::size_t series = 0; series < m_charts[chart].series.size(); ++series) {
            m_columns.push_back({chart, series});
        }
    }
    if (!m_charts.empty() && !m_charts.front().bands.empty()) {
        m_columns.push_back({0, std::nullopt});
    }
    const int steps = m_charts.empty() ? 0 : m_charts.front().steps;
    for (int step = steps - 1; step >= 0; --step) {
        const bool isKnown = std::any_of(
            m_columns.begin(), m_columns.end(), [&](const Column &column) {
                const ChartData &chart = m_charts[column.chart];
                return column.series
                    ? chart.series[*column.series].values[std::size_t(step)].has_value()
                    : chart.bandAt(step) != nullptr;
            });
        if (isKnown) {
            m_steps.push_back(step);
        }
    }
    endResetModel();
}

QString ChartTableModel::cell(int row, int column) const
{
    const int step = m_steps.at(std::size_t(row));
    if (column == 0) {
        return ChartTicks::stepText(m_charts.front(), step);
    }
    const Column &which = m_columns.at(std::size_t(column) - 1);
    const ChartData &chart = m_charts[which.chart];
    if (!which.series) {
        const ChartBand *band = chart.bandAt(step);
        return band != nullptr ? band->name : QString();
    }
    const auto &value = chart.series[*which.series].values[std::size_t(step)];
    if (!value) {
        return {};
    }
    return chart.unit == ChartUnit::Count ? Figures::whole(qint64(*value))
                                          : valueText(chart.unit, *value);
}

QString ChartTableModel::text() const
{
    QStringList lines;
    QStringList names;
    for (int column = 0; column < columnCount(); ++column) {
        names << headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    }
    lines << names.join(u'\t');
    for (int row = 0; row < rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < columnCount(); ++column) {
            cells << cell(row, column);
        }
        lines << cells.join(u'\t');
    }
    return lines.join(u'\n');
}

int ChartTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_steps.size());
}

int ChartTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() || m_charts.empty() ? 0 : int(m_columns.size()) + 1;
}

QVariant ChartTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    if (role == Qt::DisplayRole) {
        return cell(index.row(), index.column());
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(
            (index.column() == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    return {};
}

QVariant ChartTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(
            (section == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    if (section == 0) {
        return tr("Time");
    }
    return nameOf(m_columns.at(std::size_t(section) - 1));
}

QString ChartTableModel::nameOf(const Column &column) const
{
    const ChartData &chart = m_charts[column.chart];
    if (!column.series) {
        return chart.bandTitle;
    }
    const ChartSeries &series = chart.series[*column.series];
    return series.columnName.isEmpty() ? series.name : series.columnName;
}

} // namespace freerelay::ui
