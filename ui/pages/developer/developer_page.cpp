#include "developer_page.h"

#include "ui/pages/developer/developer_presenter.h"
#include "ui/theme/icons.h"
#include "ui/widgets/figures.h"
#include "ui/widgets/state_label.h"
#include "ui/widgets/typography.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpressionValidator>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int pageMargin = 24;
constexpr double usualShare = 0.1;

} // namespace

DeveloperPage::DeveloperPage(DeveloperPresenter &presenter, QWidget *parent)
    : Page(parent)
    , m_presenter(presenter)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(pageMargin, pageMargin, pageMargin, pageMargin);
    auto *title = new QLabel(tr("Faults on purpose"), this);
    makeHeading(title, HeadingLevel::Page);
    column->addWidget(title);
    auto *hint = new QLabel(
        tr("Requests meet these faults as if their provider had them, and are recorded so. Nothing "
           "here is kept when FreeRelay ends."),
        this);
    makeSecondary(hint);
    column->addWidget(hint);
    addSwitch(column);
    addForm(column);
    addRules(column);
    addCounts(column);
    connect(&m_presenter, &DeveloperPresenter::changed, this, &DeveloperPage::update);
    fillChoices();
    update();
}

void DeveloperPage::setActive(bool active)
{
    m_presenter.setActive(active);
    if (active && m_provider->count() != int(m_presenter.providerChoices().size())) {
        fillChoices();
    }
}

void DeveloperPage::addSwitch(QVBoxLayout *column)
{
    auto *row = new QHBoxLayout;
    m_on = new QCheckBox(tr("&Play faults"), this);
    m_on->setObjectName(u"chaosSwitch"_s);
    connect(m_on, &QCheckBox::toggled, &m_presenter, &DeveloperPresenter::setOn);
    row->addWidget(m_on);
    m_state = new StateLabel(this);
    m_state->setObjectName(u"chaosState"_s);
    row->addWidget(m_state, 1);
    column->addLayout(row);
}

void DeveloperPage::addForm(QVBoxLayout *column)
{
    auto *first = new QHBoxLayout;
    auto *second = new QHBoxLayout;
    const auto addField =
        [this](QHBoxLayout *row, const QString &text, QWidget *field, const QString &name) {
            auto *label = new QLabel(text, this);
            label->setBuddy(field);
            field->setObjectName(name);
            field->setAccessibleName(QString(text).remove(u'&'));
            row->addWidget(label);
            row->addWidget(field);
        };
    m_provider = new QComboBox(this);
    m_fault = new QComboBox(this);
    for (QComboBox *box : {m_provider, m_fault}) {
        constexpr int chars = 8;
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(chars);
    }
    m_rate = new QComboBox(this);
    for (const double share : {0.01, 0.05, usualShare, 0.3, 0.5, 1.0}) {
        m_rate->addItem(Figures::percent(share), share);
    }
    m_rate->setCurrentIndex(m_rate->findData(usualShare));
    m_seed = new QLineEdit(u"1"_s, this);
    m_seed->setValidator(
        new QRegularExpressionValidator(QRegularExpression(u"[0-9]{1,18}"_s), m_seed));
    constexpr int seedChars = 8;
    m_seed->setFixedWidth(widthOfChars(this, seedChars));
    addField(first, tr("Pr&ovider"), m_provider, u"chaosProviderBox"_s);
    addField(first, tr("&Fault"), m_fault, u"chaosFaultBox"_s);
    addField(second, tr("Sh&are"), m_rate, u"chaosRateBox"_s);
    addField(second, tr("See&d"), m_seed, u"chaosSeedBox"_s);
    auto *add = new QPushButton(lineIcon(u"add"_s), tr("Add r&ule"), this);
    add->setObjectName(u"addRuleButton"_s);
    connect(add, &QPushButton::clicked, this, &DeveloperPage::addRule);
    second->addWidget(add);
    second->addStretch(1);
    first->setStretchFactor(m_provider, 1);
    first->setStretchFactor(m_fault, 2);
    column->addLayout(first);
    column->addLayout(second);
}

void DeveloperPage::addRules(QVBoxLayout *column)
{
    auto *row = new QHBoxLayout;
    auto *title = new QLabel(tr("Rules, the first that meets a call counts"), this);
    makeHeading(title, HeadingLevel::Section);
    row->addWidget(title, 1);
    m_remove = new QPushButton(lineIcon(u"remove"_s), tr("Re&move rule"), this);
    m_remove->setObjectName(u"removeRuleButton"_s);
    row->addWidget(m_remove);
    column->addLayout(row);
    m_rules = createTable(m_presenter.rules(), u"chaosRuleTable"_s);
    m_rules->setAccessibleName(tr("Rules"));
    column->addWidget(m_rules, 1);
    connect(m_remove, &QPushButton::clicked, this, [this] {
        const QModelIndexList selected = m_rules->selectionModel()->selectedRows();
        m_presenter.removeRule(selected.isEmpty() ? -1 : selected.first().row());
    });
    connect(
        m_rules->selectionModel(),
        &QItemSelectionModel::selectionChanged,
        this,
        &DeveloperPage::update);
}

void DeveloperPage::addCounts(QVBoxLayout *column)
{
    auto *title = new QLabel(tr("Played in this run"), this);
    makeHeading(title, HeadingLevel::Section);
    column->addWidget(title);
    auto *counts = createTable(m_presenter.counts(), u"chaosCountTable"_s);
    counts->setAccessibleName(tr("Faults that were played"));
    column->addWidget(counts, 1);
}

QTableView *DeveloperPage::createTable(QAbstractItemModel &model, const QString &name)
{
    auto *table = new QTableView(this);
    table->setObjectName(name);
    table->setModel(&model);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setTabKeyNavigation(false);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->verticalHeader()->hide();
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    return table;
}

void DeveloperPage::fillChoices()
{
    const auto fill = [](QComboBox *box, const std::vector<DeveloperPresenter::Choice> &choices) {
        const QString before = box->currentData().toString();
        box->clear();
        for (const DeveloperPresenter::Choice &choice : choices) {
            box->addItem(choice.text, choice.word);
        }
        box->setCurrentIndex(std::max(0, box->findData(before)));
    };
    fill(m_provider, m_presenter.providerChoices());
    fill(m_fault, m_presenter.faultChoices());
}

void DeveloperPage::addRule()
{
    m_presenter.addRule(
        {m_provider->currentData().toString(),
         m_fault->currentData().toString(),
         m_rate->currentData().toDouble(),
         m_seed->text().toULongLong()});
}

void DeveloperPage::update()
{
    m_on->setChecked(m_presenter.isOn());
    m_state->setState(
        m_presenter.isOn() ? u"state-warning"_s : u"state-info"_s,
        m_presenter.isOn() ? Tone::Warning : Tone::Neutral,
        m_presenter.stateText());
    m_remove->setEnabled(m_rules->selectionModel()->hasSelection());
}

} // namespace freerelay::ui
