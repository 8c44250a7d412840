#include "chart_card.h"

#include "ui/widgets/charts/chart_legend.h"
#include "ui/widgets/charts/time_chart.h"
#include "ui/widgets/typography.h"

#include <QFrame>
#include <QLabel>
#include <QVBoxLayout>

namespace freerelay::ui {

ChartCard::ChartCard(const QString &title, QWidget *parent)
    : QWidget(parent)
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    QFrame *card = createCard(this);
    outer->addWidget(card);
    QVBoxLayout *column = cardLayout(card);
    auto *heading = new QLabel(title, card);
    makeHeading(heading, HeadingLevel::Section);
    column->addWidget(heading);
    m_unit = new QLabel(card);
    makeSecondary(m_unit);
    column->addWidget(m_unit);
    m_chart = new TimeChart(card);
    m_chart->setAccessibleName(title);
    column->addWidget(m_chart);
    m_legend = new ChartLegend(card);
    column->addWidget(m_legend);
    column->addStretch(1);
}

void ChartCard::setChart(const ChartData &shown, const QString &unit)
{
    m_unit->setText(unit);
    m_chart->setValues(shown);
    m_legend->setChart(shown);
}

} // namespace freerelay::ui
