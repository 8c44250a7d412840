#include "providers_page.h"

#include "ui/pages/providers/provider_panel.h"
#include "ui/pages/providers/providers_presenter.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/two_line_delegate.h"
#include "ui/widgets/typography.h"

#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int pageMargin = 24;
constexpr int listChars = 42;
constexpr int panelWidth = 640;

} // namespace

ProvidersPage::ProvidersPage(ProvidersPresenter &presenter, QWidget *parent)
    : Page(parent)
    , m_presenter(presenter)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(pageMargin, pageMargin, 0, 0);
    row->setSpacing(pageMargin);
    row->addWidget(createList());
    auto *scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto *canvas = new QWidget(scroll);
    auto *canvasRow = new QHBoxLayout(canvas);
    canvasRow->setContentsMargins(0, 0, pageMargin, pageMargin);
    m_panel = new ProviderPanel(m_presenter, canvas);
    m_panel->setMaximumWidth(panelWidth);
    canvasRow->addWidget(m_panel, 1);
    canvasRow->addStretch(0);
    scroll->setWidget(canvas);
    row->addWidget(scroll, 1);
    connect(&m_presenter, &ProvidersPresenter::changed, this, &ProvidersPage::update);
    update();
}

QWidget *ProvidersPage::createList()
{
    auto *left = new QWidget(this);
    left->setFixedWidth(widthOfChars(this, listChars));
    auto *column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, pageMargin);
    auto *title = new QLabel(tr("Providers"), left);
    makeHeading(title, HeadingLevel::Page);
    column->addWidget(title);
    auto *row = new QHBoxLayout;
    auto *label = new QLabel(tr("F&ilter"), left);
    row->addWidget(label);
    m_filter = new QLineEdit(left);
    m_filter->setObjectName(u"providerFilterEdit"_s);
    m_filter->setClearButtonEnabled(true);
    m_filter->setPlaceholderText(tr("name, state or tier"));
    label->setBuddy(m_filter);
    row->addWidget(m_filter, 1);
    column->addLayout(row);
    m_list = new QListView(left);
    m_list->setObjectName(u"providerList"_s);
    m_list->setAccessibleName(tr("Providers"));
    m_list->setModel(&m_presenter.rows());
    m_list->setItemDelegate(new TwoLineDelegate(ProviderListModel::StateTextRole, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_noMatch = new EmptyState(u"providers"_s, left);
    m_noMatch->setMaximumWidth(widthOfChars(this, listChars));
    m_noMatch->button()->setObjectName(u"clearProviderFilterButton"_s);
    m_listStack = new QStackedWidget(left);
    m_listStack->addWidget(m_list);
    m_listStack->addWidget(m_noMatch);
    column->addWidget(m_listStack, 1);
    connect(m_filter, &QLineEdit::textChanged, &m_presenter, &ProvidersPresenter::setFilter);
    connect(m_noMatch->button(), &QPushButton::clicked, m_filter, &QLineEdit::clear);
    connect(
        m_list->selectionModel(),
        &QItemSelectionModel::currentChanged,
        this,
        [this](const QModelIndex &index) {
            if (index.isValid() && m_list->hasFocus()) {
                m_presenter.select(index.data(ProviderListModel::IdRole).toByteArray());
            }
        });
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex &index) {
        m_presenter.select(index.data(ProviderListModel::IdRole).toByteArray());
    });
    return left;
}

void ProvidersPage::setActive(bool active)
{
    m_presenter.setActive(active);
}

QWidget *ProvidersPage::filterField() const
{
    return m_filter;
}

void ProvidersPage::focusKeyField()
{
    m_panel->focusKeyField();
}

void ProvidersPage::update()
{
    const bool noMatch = m_presenter.rows().rowCount() == 0;
    m_listStack->setCurrentIndex(noMatch ? 1 : 0);
    if (noMatch) {
        const bool filtered = !m_presenter.filter().isEmpty();
        m_noMatch->setTexts(
            filtered ? tr("Nothing found") : tr("No providers"),
            filtered ? tr("No provider matches “%1”.").arg(m_presenter.filter())
                     : tr("The catalogue of providers could not be read."),
            filtered ? tr("Clear the filte&r") : QString());
    }
    showSelection();
    m_panel->update();
}

void ProvidersPage::showSelection()
{
    const interfaces::ProviderRow *row = m_presenter.current();
    if (row == nullptr) {
        return;
    }
    const QModelIndex shown = m_list->currentIndex();
    if (shown.data(ProviderListModel::IdRole).toByteArray() == row->id) {
        return;
    }
    const QModelIndexList found = m_presenter.rows().match(
        m_presenter.rows().index(0, 0), ProviderListModel::IdRole, row->id, 1, Qt::MatchExactly);
    if (!found.isEmpty()) {
        m_list->setCurrentIndex(found.first());
    }
}

} // namespace freerelay::ui
