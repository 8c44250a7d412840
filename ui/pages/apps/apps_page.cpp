#include "apps_page.h"

#include "ui/pages/apps/app_keys_presenter.h"
#include "ui/pages/apps/app_keys_view.h"
#include "ui/pages/apps/app_panel.h"
#include "ui/pages/apps/apps_presenter.h"
#include "ui/theme/icons.h"
#include "ui/widgets/two_line_delegate.h"
#include "ui/widgets/typography.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QSignalBlocker>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int pageMargin = 24;
constexpr int tabMargin = 12;
constexpr int listChars = 34;
constexpr int idRole = Qt::UserRole;
constexpr int stateRole = Qt::UserRole + 1;

} // namespace

AppsPage::AppsPage(AppsPresenter &presenter, AppKeysPresenter &keys, QWidget *parent)
    : Page(parent)
    , m_presenter(presenter)
    , m_keys(keys)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(pageMargin, pageMargin, pageMargin, pageMargin);
    auto *title = new QLabel(tr("Apps"), this);
    makeHeading(title, HeadingLevel::Page);
    column->addWidget(title);
    auto *tabs = new QTabWidget(this);
    tabs->setObjectName(u"appTabs"_s);
    tabs->setAccessibleName(tr("Apps"));
    tabs->setDocumentMode(true);
    // The bar is what is reached by the keyboard; a policy of the widget's goes to it as well.
    tabs->setFocusPolicy(Qt::NoFocus);
    tabs->tabBar()->setFocusPolicy(Qt::TabFocus);
    tabs->tabBar()->setAccessibleName(tr("Parts of this page"));
    tabs->addTab(createTools(), tr("Conn&ect"));
    tabs->addTab(createKeys(), tr("Keys &and use"));
    column->addWidget(tabs, 1);
    connect(&m_presenter, &AppsPresenter::changed, this, &AppsPage::update);
}

QWidget *AppsPage::createTools()
{
    auto *tools = new QWidget(this);
    auto *column = new QVBoxLayout(tools);
    column->setContentsMargins(0, tabMargin, 0, 0);
    auto *hint = new QLabel(
        tr("Choose a tool, look at the change, connect it. What was there before is kept, so that "
           "it can be undone."),
        tools);
    hint->setWordWrap(true);
    makeSecondary(hint);
    column->addWidget(hint);
    auto *row = new QHBoxLayout;
    row->setSpacing(pageMargin);
    row->addWidget(createList());
    row->addWidget(new AppPanel(m_presenter, tools), 1);
    column->addLayout(row, 1);
    return tools;
}

QWidget *AppsPage::createKeys()
{
    auto *keys = new QWidget(this);
    auto *column = new QVBoxLayout(keys);
    column->setContentsMargins(0, tabMargin, 0, 0);
    column->addWidget(new AppKeysView(m_keys, keys));
    return keys;
}

QWidget *AppsPage::createList()
{
    auto *left = new QWidget(this);
    left->setFixedWidth(widthOfChars(this, listChars));
    auto *column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    auto *label = new QLabel(tr("T&ools"), left);
    column->addWidget(label);
    m_list = new QListWidget(left);
    m_list->setObjectName(u"appList"_s);
    m_list->setAccessibleName(tr("Tools"));
    m_list->setItemDelegate(new TwoLineDelegate(stateRole, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    label->setBuddy(m_list);
    column->addWidget(m_list, 1);
    connect(m_list, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem *item) {
        if (item != nullptr) {
            m_presenter.select(item->data(idRole).toString());
        }
    });
    return left;
}

void AppsPage::setActive(bool active)
{
    m_presenter.setActive(active);
    m_keys.setActive(active);
}

void AppsPage::update()
{
    const QSignalBlocker blocker(m_list);
    const auto &rows = m_presenter.rows();
    while (m_list->count() > static_cast<int>(rows.size())) {
        delete m_list->takeItem(m_list->count() - 1);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto index = static_cast<int>(i);
        auto *item = index < m_list->count() ? m_list->item(index) : new QListWidgetItem(m_list);
        const AppsPresenter::State state = AppsPresenter::stateOf(rows[i]);
        item->setText(rows[i].name);
        item->setData(idRole, rows[i].id);
        item->setData(stateRole, state.text);
        item->setData(Qt::AccessibleTextRole, QString(rows[i].name % u", "_s % state.text));
        item->setIcon(lineIcon(state.icon, state.tone));
        if (&rows[i] == m_presenter.selected()) {
            m_list->setCurrentItem(item);
        }
    }
}

} // namespace freerelay::ui
