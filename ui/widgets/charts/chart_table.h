#pragma once

#include "ui/widgets/charts/chart_data.h"

#include <QWidget>

class QTableView;

namespace freerelay::ui {

class ChartTableModel;
class CopyButton;

/// What charts over one time axis show, as a table that can be copied: for those who cannot see
/// charts, and for spreadsheets.
class ChartTable final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChartTable)

public:
    /// @param name  the accessible one
    explicit ChartTable(const QString &name, QWidget *parent = nullptr);
    ~ChartTable() override = default;

    void setCharts(std::vector<ChartData> charts);
    [[nodiscard]] QTableView &view() const { return *m_view; }
    [[nodiscard]] CopyButton &copyButton() const { return *m_copy; }

private:
    ChartTableModel *m_model;
    QTableView *m_view;
    CopyButton *m_copy;
};

} // namespace freerelay::ui
