#include "connect_page.h"

#include "ui/pages/connect/connect_presenter.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/snippet_view.h"
#include "ui/widgets/state_label.h"
#include "ui/widgets/typography.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int pageMargin = 24;
constexpr int toolsChars = 27;

} // namespace

ConnectPage::ConnectPage(ConnectPresenter &presenter, QWidget *parent)
    : Page(parent)
    , m_presenter(presenter)
    , m_stack(new QStackedWidget(this))
    , m_empty(new EmptyState(u"connect"_s, this))
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_stack);
    m_stack->addWidget(createChooser());
    m_empty->setTexts(
        tr("No address to connect to"),
        tr("Settings for your tools appear here as soon as FreeRelay listens on an address."),
        tr("See what is &wrong"));
    m_empty->button()->setObjectName(u"connectEmptyButton"_s);
    connect(m_empty->button(), &QPushButton::clicked, this, &ConnectPage::overviewRequested);
    m_stack->addWidget(m_empty);
    connect(&m_presenter, &ConnectPresenter::changed, this, [this] {
        if (m_active) {
            update();
        }
    });
    update();
}

void ConnectPage::setActive(bool active)
{
    m_active = active;
    if (active) {
        update();
    }
}

QWidget *ConnectPage::createChooser()
{
    auto *chooser = new QWidget(this);
    auto *column = new QVBoxLayout(chooser);
    column->setContentsMargins(pageMargin, pageMargin, pageMargin, pageMargin);
    auto *title = new QLabel(tr("Snippets"), chooser);
    makeHeading(title, HeadingLevel::Page);
    column->addWidget(title);
    auto *hint = new QLabel(
        tr("Choose a tool and copy its text. No provider key goes into any of them."), chooser);
    makeSecondary(hint);
    column->addWidget(hint);
    m_warning = new StateLabel(chooser);
    m_warning->setObjectName(u"connectWarning"_s);
    column->addWidget(m_warning);
    auto *row = new QHBoxLayout;
    constexpr int gap = 16;
    row->setSpacing(gap);
    column->addLayout(row, 1);
    auto *left = new QVBoxLayout;
    auto *label = new QLabel(tr("T&ool"), chooser);
    left->addWidget(label);
    m_tools = new QListWidget(chooser);
    m_tools->setObjectName(u"toolList"_s);
    m_tools->setFixedWidth(widthOfChars(this, toolsChars));
    m_tools->setAccessibleName(tr("Tool"));
    label->setBuddy(m_tools);
    left->addWidget(m_tools, 1);
    row->addLayout(left);
    m_view = new SnippetView(chooser);
    row->addWidget(m_view, 1);
    connect(m_tools, &QListWidget::currentRowChanged, this, &ConnectPage::showCurrent);
    return chooser;
}

void ConnectPage::update()
{
    const bool known = !m_presenter.endpoint().isEmpty();
    m_stack->setCurrentIndex(known ? 0 : 1);
    if (!known) {
        return;
    }
    fillTools();
    const QString warning = m_presenter.warning();
    m_warning->setVisible(!warning.isEmpty());
    m_warning->setState(u"state-warning"_s, Tone::Warning, warning);
    showCurrent();
}

void ConnectPage::fillTools()
{
    if (m_tools->count() > 0) {
        return;
    }
    for (const ConnectPresenter::Snippet &snippet : m_presenter.snippets()) {
        auto *item = new QListWidgetItem(snippet.title, m_tools);
        item->setData(Qt::UserRole, snippet.id);
        constexpr int entryHeight = 32;
        item->setSizeHint(QSize(0, entryHeight));
    }
    m_tools->setCurrentRow(0);
}

void ConnectPage::showCurrent()
{
    const QListWidgetItem *item = m_tools->currentItem();
    if (item == nullptr) {
        return;
    }
    for (const ConnectPresenter::Snippet &snippet : m_presenter.snippets()) {
        if (snippet.id == item->data(Qt::UserRole).toString()) {
            m_view->setSnippet(snippet.title, snippet.place, snippet.text);
        }
    }
}

} // namespace freerelay::ui
