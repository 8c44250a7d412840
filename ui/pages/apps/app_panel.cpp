#include "app_panel.h"

#include "ui/pages/apps/apps_presenter.h"
#include "ui/pages/apps/diff_highlighter.h"
#include "ui/widgets/state_label.h"
#include "ui/widgets/typography.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTabBar>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using Order = AppsPresenter::Order;

namespace {

// The tabs, in the order of the numbers.
constexpr int connectTab = 0;
constexpr int undoTab = 1;

} // namespace

AppPanel::AppPanel(AppsPresenter &presenter, QWidget *parent)
    : QWidget(parent)
    , m_presenter(presenter)
{
    createWidgets();
    connect(&m_presenter, &AppsPresenter::changed, this, &AppPanel::update);
    update();
}

void AppPanel::createWidgets()
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    m_title = new QLabel(this);
    m_title->setObjectName(u"appTitle"_s);
    makeHeading(m_title, HeadingLevel::Section);
    column->addWidget(m_title);
    m_state = new StateLabel(this);
    m_state->setObjectName(u"appState"_s);
    column->addWidget(m_state);
    m_advice = new QLabel(this);
    m_advice->setObjectName(u"appAdvice"_s);
    m_advice->setWordWrap(true);
    m_advice->setTextFormat(Qt::PlainText);
    m_advice->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    column->addWidget(m_advice);
    m_orders = new QTabBar(this);
    m_orders->setObjectName(u"appOrders"_s);
    m_orders->setAccessibleName(tr("What to look at"));
    m_orders->addTab(tr("Connect"));
    m_orders->addTab(tr("Undo"));
    m_orders->setDrawBase(false);
    column->addWidget(m_orders);
    m_diffLabel = new QLabel(this);
    column->addWidget(m_diffLabel);
    m_diff = new QPlainTextEdit(this);
    m_diff->setObjectName(u"appDiff"_s);
    m_diff->setReadOnly(true);
    m_diff->setTabChangesFocus(true);
    m_diff->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_diff->setFont(fixedFont(this));
    new DiffHighlighter(m_diff);
    m_diffLabel->setBuddy(m_diff);
    column->addWidget(m_diff, 1);
    m_note = new QLabel(this);
    m_note->setObjectName(u"appNote"_s);
    m_note->setWordWrap(true);
    column->addWidget(m_note);
    createButtons(column);
    column->addStretch(0);
    connect(m_orders, &QTabBar::currentChanged, this, [this](int tab) {
        m_presenter.setOrder(tab == undoTab ? Order::Undo : Order::Connect);
    });
}

void AppPanel::createButtons(QBoxLayout *column)
{
    auto *row = new QHBoxLayout;
    m_carryOut = new QPushButton(this);
    m_carryOut->setObjectName(u"appCarryOutButton"_s);
    row->addWidget(m_carryOut);
    m_test = new QPushButton(tr("Send a &test request"), this);
    m_test->setObjectName(u"appTestButton"_s);
    row->addWidget(m_test);
    row->addStretch(1);
    column->addLayout(row);
    connect(m_carryOut, &QPushButton::clicked, &m_presenter, &AppsPresenter::carryOut);
    connect(m_test, &QPushButton::clicked, &m_presenter, &AppsPresenter::test);
}

void AppPanel::update()
{
    const interfaces::AppRow *row = m_presenter.selected();
    setVisible(row != nullptr);
    if (row == nullptr) {
        return;
    }
    m_title->setText(row->name);
    const AppsPresenter::State state = AppsPresenter::stateOf(*row);
    m_state->setState(state.icon, state.tone, state.text);
    m_advice->setText(row->advice);
    m_advice->setVisible(!row->advice.isEmpty());
    updateOrders();
    const bool undo = m_presenter.order() == Order::Undo;
    const bool possible = m_presenter.isPossible(m_presenter.order());
    m_diffLabel->setText(undo ? tr("&What undo changes:") : tr("&What connecting changes:"));
    m_diffLabel->setVisible(possible);
    m_diff->setVisible(possible);
    m_diff->setAccessibleName(undo ? tr("What undo changes") : tr("What connecting changes"));
    const QString text = m_presenter.diff().isEmpty() ? tr("Nothing.") : m_presenter.diff();
    if (m_diff->toPlainText() != text) {
        m_diff->setPlainText(text);
    }
    m_note->setText(m_presenter.note());
    m_note->setVisible(!m_presenter.note().isEmpty());
    m_carryOut->setText(undo ? tr("&Undo") : tr("Co&nnect %1").arg(row->name));
    m_carryOut->setVisible(possible);
    m_carryOut->setEnabled(possible && !m_presenter.isBusy());
    m_test->setVisible(row->state == interfaces::AppState::Connected);
}

void AppPanel::updateOrders()
{
    const bool both = m_presenter.isPossible(Order::Connect) && m_presenter.isPossible(Order::Undo);
    const QSignalBlocker blocker(m_orders);
    m_orders->setVisible(both);
    m_orders->setCurrentIndex(m_presenter.order() == Order::Undo ? undoTab : connectTab);
}

} // namespace freerelay::ui
