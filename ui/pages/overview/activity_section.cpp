#include "activity_section.h"

#include "ui/pages/overview/activity_presenter.h"
#include "ui/widgets/adaptive_row.h"
#include "ui/widgets/charts/chart_card.h"
#include "ui/widgets/charts/chart_table.h"
#include "ui/widgets/copy_button.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/figures.h"
#include "ui/widgets/state_label.h"
#include "ui/widgets/toggle_style.h"
#include "ui/widgets/typography.h"

#include <QButtonGroup>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using interfaces::StatsWindow;

namespace {

constexpr int gap = 14;
constexpr int chartChars = 44; ///< that a chart needs to stand beside another

} // namespace

ActivitySection::ActivitySection(ActivityPresenter &presenter, QWidget *parent)
    : QWidget(parent)
    , m_presenter(presenter)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, gap, 0, 0);
    column->setSpacing(gap);
    column->addWidget(createTopRow());
    m_problem = new StateLabel(this);
    m_problem->setObjectName(u"activityProblem"_s);
    column->addWidget(m_problem);
    m_tiles = createTiles();
    column->addWidget(m_tiles);
    m_charts = createCharts();
    column->addWidget(m_charts);
    m_table = new ChartTable(tr("Activity, newest first"), this);
    m_table->view().setObjectName(u"activityTable"_s);
    m_table->copyButton().setObjectName(u"copyActivityButton"_s);
    column->addWidget(m_table);
    m_empty = new EmptyState(u"overview"_s, this);
    m_empty->setObjectName(u"activityEmpty"_s);
    m_empty->button()->setObjectName(u"activityEmptyButton"_s);
    connect(m_empty->button(), &QPushButton::clicked, this, &ActivitySection::connectRequested);
    column->addWidget(m_empty);
    connect(m_asTable, &QPushButton::toggled, this, &ActivitySection::updateContent);
    update();
}

QWidget *ActivitySection::createTopRow()
{
    auto *top = new AdaptiveRow(chartChars, gap / 2, this);
    auto *words = new QWidget(top);
    auto *row = new QHBoxLayout(words);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(gap);
    auto *title = new QLabel(tr("Activity"), words);
    makeHeading(title, HeadingLevel::Section);
    row->addWidget(title, 0, Qt::AlignBaseline);
    m_asOf = new QLabel(words);
    m_asOf->setObjectName(u"activityAsOf"_s);
    makeSecondary(m_asOf);
    row->addWidget(m_asOf, 1, Qt::AlignBaseline);
    top->add(words);
    top->add(createRanges());
    return top;
}

QWidget *ActivitySection::createRanges()
{
    auto *ranges = new QWidget(this);
    ranges->setStyleSheet(toggleStyle());
    auto *row = new QHBoxLayout(ranges);
    row->setContentsMargins(0, 0, 0, 0);
    constexpr int buttonGap = 4;
    row->setSpacing(buttonGap);
    row->addStretch(1);
    auto *group = new QButtonGroup(this);
    const auto add = [&](StatsWindow window, const QString &text, const QString &name) {
        auto *button = new QPushButton(text, ranges);
        button->setObjectName(name);
        button->setCheckable(true);
        button->setAccessibleName(
            tr("Show %1", "a length of time").arg(ActivityPresenter::windowText(window)));
        button->setToolTip(button->accessibleName());
        group->addButton(button);
        row->addWidget(button);
        button->setChecked(window == m_presenter.window());
        // A group is one stop of the tab key: Qt sees to that from the first focus on.
        button->setFocusPolicy(button->isChecked() ? Qt::StrongFocus : Qt::ClickFocus);
        connect(
            button, &QPushButton::clicked, this, [this, window] { m_presenter.setWindow(window); });
    };
    add(StatsWindow::Hour, tr("1 h", "an hour"), u"rangeHourButton"_s);
    add(StatsWindow::Day, tr("24 h", "hours"), u"rangeDayButton"_s);
    add(StatsWindow::Week, tr("7 d", "days"), u"rangeWeekButton"_s);
    add(StatsWindow::Month, tr("30 d", "days"), u"rangeMonthButton"_s);
    add(StatsWindow::Quarter, tr("90 d", "days"), u"rangeQuarterButton"_s);
    row->addSpacing(gap);
    m_asTable = new QPushButton(tr("Ta&ble"), ranges);
    m_asTable->setObjectName(u"activityTableButton"_s);
    m_asTable->setAccessibleName(tr("Show the charts as a table"));
    m_asTable->setToolTip(m_asTable->accessibleName());
    m_asTable->setCheckable(true);
    row->addWidget(m_asTable);
    return ranges;
}

QWidget *ActivitySection::createTiles()
{
    auto *tiles = new QWidget(this);
    auto *row = new QHBoxLayout(tiles);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(gap);
    for (std::size_t i = 0; i < tileCount; ++i) {
        QFrame *card = createCard(tiles);
        QVBoxLayout *column = cardLayout(card);
        column->setSpacing(0);
        auto *value = new QLabel(card);
        value->setObjectName(u"figure%1"_s.arg(i));
        makeHeading(value, HeadingLevel::Page);
        column->addWidget(value);
        auto *caption = new QLabel(card);
        makeSecondary(caption);
        column->addWidget(caption);
        column->addStretch(1);
        row->addWidget(card, 1);
        m_figures[i] = {value, caption};
    }
    return tiles;
}

QWidget *ActivitySection::createCharts()
{
    auto *charts = new QWidget(this);
    charts->setObjectName(u"activityCharts"_s);
    auto *column = new QVBoxLayout(charts);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(gap);
    m_requests = new ChartCard(tr("Requests"), charts);
    m_requests->setObjectName(u"requestChart"_s);
    column->addWidget(m_requests);
    auto *pair = new AdaptiveRow(chartChars, gap, charts);
    m_ttft = new ChartCard(tr("Time to first token"), pair);
    m_ttft->setObjectName(u"ttftChart"_s);
    pair->add(m_ttft);
    m_tokens = new ChartCard(tr("Tokens by provider"), pair);
    m_tokens->setObjectName(u"tokenChart"_s);
    pair->add(m_tokens);
    column->addWidget(pair);
    return charts;
}

void ActivitySection::update()
{
    const Activity &activity = m_presenter.activity();
    m_asOf->setText(m_presenter.asOfText());
    const QString problem = m_presenter.problem();
    m_problem->setVisible(!problem.isEmpty());
    m_problem->setState(
        u"state-warning"_s,
        Tone::Warning,
        tr("The figures cannot be read. %1", "a sentence that says why").arg(problem));
    for (std::size_t i = 0; i < tileCount && i < activity.figures.size(); ++i) {
        m_figures[i].value->setText(activity.figures[i].value);
        m_figures[i].caption->setText(activity.figures[i].caption);
    }
    m_empty->setTexts(
        tr("No requests in %1", "a length of time")
            .arg(ActivityPresenter::windowText(m_presenter.window())),
        tr("Requests, response times and tokens appear here as charts once a tool sends a request "
           "to FreeRelay."),
        tr("Sho&w how to connect an app"));
    updateCharts();
    updateContent();
}

QString ActivitySection::ttftText(const Activity &activity)
{
    return activity.ttft.series.size() == 1 ? tr("Mean per %1", "a length of time")
                                            : tr("Waited at most, per %1", "a length of time");
}

void ActivitySection::updateCharts()
{
    const Activity &activity = m_presenter.activity();
    const QString span = Figures::span(activity.requests.step);
    m_requests->setChart(activity.requests, tr("Requests per %1", "a length of time").arg(span));
    m_ttft->setChart(activity.ttft, ttftText(activity).arg(span));
    m_tokens->setChart(activity.tokens, tr("Tokens per %1, of prompts and answers").arg(span));
    if (m_asTable->isChecked()) {
        m_table->setCharts({activity.requests, activity.ttft, activity.tokens});
    }
}

void ActivitySection::updateContent()
{
    const Activity &activity = m_presenter.activity();
    const bool hasFigures = !activity.isEmpty;
    const bool asTable = m_asTable->isChecked();
    if (asTable) {
        m_table->setCharts({activity.requests, activity.ttft, activity.tokens});
        m_table->view().resizeColumnsToContents();
    }
    m_tiles->setVisible(hasFigures);
    m_charts->setVisible(hasFigures && !asTable);
    m_table->setVisible(hasFigures && asTable);
    m_empty->setVisible(!hasFigures && !m_presenter.isLoading() && m_presenter.problem().isEmpty());
}

} // namespace freerelay::ui
