#include "chart_table.h"

#include "ui/widgets/charts/chart_table_model.h"
#include "ui/widgets/copy_button.h"

#include <QHeaderView>
#include <QTableView>
#include <QVBoxLayout>

namespace freerelay::ui {

namespace {

constexpr int rows = 12; ///< to be seen without scrolling

} // namespace

ChartTable::ChartTable(const QString &name, QWidget *parent)
    : QWidget(parent)
    , m_model(new ChartTableModel(this))
    , m_view(new QTableView(this))
    , m_copy(new CopyButton([this] { return m_model->text(); }, this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    m_view->setAccessibleName(name);
    m_view->setModel(m_model);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setTabKeyNavigation(false);
    m_view->setShowGrid(false);
    m_view->setAlternatingRowColors(true);
    m_view->setWordWrap(false);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->setMinimumHeight(m_view->verticalHeader()->defaultSectionSize() * rows);
    column->addWidget(m_view, 1);
    m_copy->setIdleText(tr("Copy the tab&le"));
    m_copy->setAccessibleName(tr("Copy the table"));
    column->addWidget(m_copy, 0, Qt::AlignRight);
}

void ChartTable::setCharts(std::vector<ChartData> charts)
{
    m_model->setCharts(std::move(charts));
}

} // namespace freerelay::ui
