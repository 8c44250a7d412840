#include "health_section.h"

#include "ui/pages/providers/health_presenter.h"
#include "ui/widgets/charts/chart_card.h"
#include "ui/widgets/charts/chart_table.h"
#include "ui/widgets/copy_button.h"
#include "ui/widgets/state_label.h"
#include "ui/widgets/toggle_style.h"
#include "ui/widgets/typography.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using interfaces::CircuitLevel;

namespace {

constexpr int gap = 12;

} // namespace

HealthSection::HealthSection(HealthPresenter &presenter, QWidget *parent)
    : QWidget(parent)
    , m_presenter(presenter)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, gap, 0, 0);
    column->setSpacing(gap);
    column->addWidget(createTopRow());
    m_state = new StateLabel(this);
    m_state->setObjectName(u"healthState"_s);
    column->addWidget(m_state);
    m_nothing = new QLabel(
        tr("No request has gone there since FreeRelay started. How fast it answers and how often "
           "it fails is shown here from the first one on."),
        this);
    m_nothing->setObjectName(u"healthNothing"_s);
    makeSecondary(m_nothing);
    column->addWidget(m_nothing);
    m_charts = createCharts();
    column->addWidget(m_charts);
    m_table = new ChartTable(tr("Health, newest first"), this);
    m_table->view().setObjectName(u"healthTable"_s);
    m_table->copyButton().setObjectName(u"copyHealthButton"_s);
    column->addWidget(m_table);
    connect(m_asTable, &QPushButton::toggled, this, &HealthSection::updateContent);
    connect(&m_presenter, &HealthPresenter::changed, this, &HealthSection::update);
    update();
}

QWidget *HealthSection::createTopRow()
{
    auto *top = new QWidget(this);
    top->setStyleSheet(toggleStyle());
    auto *row = new QHBoxLayout(top);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(gap);
    auto *title = new QLabel(tr("Health"), top);
    makeHeading(title, HeadingLevel::Section);
    row->addWidget(title, 0, Qt::AlignBaseline);
    m_span = new QLabel(top);
    m_span->setObjectName(u"healthSpan"_s);
    makeSecondary(m_span);
    row->addWidget(m_span, 1, Qt::AlignBaseline);
    m_asTable = new QPushButton(tr("Ta&ble"), top);
    m_asTable->setObjectName(u"healthTableButton"_s);
    m_asTable->setAccessibleName(tr("Show the health charts as a table"));
    m_asTable->setToolTip(m_asTable->accessibleName());
    m_asTable->setCheckable(true);
    row->addWidget(m_asTable);
    return top;
}

QWidget *HealthSection::createCharts()
{
    auto *charts = new QWidget(this);
    charts->setObjectName(u"healthCharts"_s);
    auto *column = new QVBoxLayout(charts);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(gap);
    const auto add = [&](const QString &title, const QString &name) {
        auto *card = new ChartCard(title, charts);
        card->setObjectName(name);
        column->addWidget(card);
        return card;
    };
    m_ttft = add(tr("Time to first token"), u"healthTtftChart"_s);
    m_errors = add(tr("Errors"), u"healthErrorChart"_s);
    m_calls = add(tr("Requests at once"), u"healthCallsChart"_s);
    return charts;
}

void HealthSection::update()
{
    const HealthPicture &picture = m_presenter.picture();
    m_span->setText(m_presenter.spanText());
    updateState();
    if (!picture.isEmpty) {
        m_ttft->setChart(picture.ttft, tr("Waited at most; the latest streams weigh most"));
        m_errors->setChart(picture.errors, tr("Share of the calls of the minute before"));
        m_calls->setChart(picture.calls, tr("To all models and keys of the provider"));
    }
    updateContent();
}

void HealthSection::updateState()
{
    const HealthPicture &picture = m_presenter.picture();
    switch (picture.circuit) {
    case CircuitLevel::Closed:
        m_state->setState(u"state-good"_s, Tone::Good, picture.sentence);
        break;
    case CircuitLevel::HalfOpen:
        m_state->setState(u"state-wait"_s, Tone::Warning, picture.sentence);
        break;
    case CircuitLevel::Open:
        m_state->setState(u"state-bad"_s, Tone::Bad, picture.sentence);
        break;
    }
}

void HealthSection::updateContent()
{
    const HealthPicture &picture = m_presenter.picture();
    const bool asTable = m_asTable->isChecked();
    if (asTable && !picture.isEmpty) {
        m_table->setCharts({picture.ttft, picture.errors, picture.calls});
        m_table->view().resizeColumnsToContents();
    }
    m_state->setVisible(!picture.isEmpty);
    m_nothing->setVisible(picture.isEmpty);
    m_asTable->setVisible(!picture.isEmpty);
    m_charts->setVisible(!picture.isEmpty && !asTable);
    m_table->setVisible(!picture.isEmpty && asTable);
}

} // namespace freerelay::ui
