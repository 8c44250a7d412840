#include "app_keys_view.h"

#include "core/interfaces/app_keys_json.h"
#include "ui/models/text_table_model.h"
#include "ui/pages/apps/app_keys_presenter.h"
#include "ui/widgets/typography.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using common::Mode;
using interfaces::AppKeyRow;

namespace {

constexpr int nameChars = 24;
constexpr int budgetChars = 12;

QLabel *labelFor(QWidget *field, const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setBuddy(field);
    return label;
}

} // namespace

AppKeysView::AppKeysView(AppKeysPresenter &presenter, QWidget *parent)
    : QWidget(parent)
    , m_presenter(presenter)
{
    auto *column = new QVBoxLayout(this);
    m_problem = new QLabel(this);
    m_problem->setObjectName(u"appKeysProblem"_s);
    m_problem->setWordWrap(true);
    m_problem->setTextFormat(Qt::PlainText);
    column->addWidget(m_problem);
    createMaker(column);
    createFresh(column);
    createTable(column);
    createRights(column);
    connect(&m_presenter, &AppKeysPresenter::changed, this, &AppKeysView::update);
    update();
}

void AppKeysView::createMaker(QBoxLayout *column)
{
    auto *row = new QHBoxLayout;
    m_name = new QLineEdit(this);
    m_name->setObjectName(u"appKeyNameEdit"_s);
    m_name->setPlaceholderText(tr("My script"));
    m_name->setMinimumWidth(widthOfChars(this, nameChars));
    row->addWidget(labelFor(m_name, tr("Na&me of an app"), this));
    row->addWidget(m_name);
    auto *make = new QPushButton(tr("Make a &key"), this);
    make->setObjectName(u"appKeyMakeButton"_s);
    row->addWidget(make);
    row->addStretch(1);
    column->addLayout(row);
    connect(make, &QPushButton::clicked, this, &AppKeysView::makeKey);
    connect(m_name, &QLineEdit::returnPressed, this, &AppKeysView::makeKey);
}

void AppKeysView::createFresh(QBoxLayout *column)
{
    m_freshBox = new QWidget(this);
    auto *box = new QVBoxLayout(m_freshBox);
    box->setContentsMargins(0, 0, 0, 0);
    m_freshKey = new QLineEdit(m_freshBox);
    m_freshKey->setObjectName(u"appKeyFreshEdit"_s);
    m_freshKey->setReadOnly(true);
    m_freshKey->setFont(fixedFont(this));
    m_freshLabel = labelFor(m_freshKey, QString(), m_freshBox);
    m_freshLabel->setWordWrap(true);
    box->addWidget(m_freshLabel);
    auto *row = new QHBoxLayout;
    row->addWidget(m_freshKey, 1);
    auto *copy = new QPushButton(tr("&Copy the key"), m_freshBox);
    copy->setObjectName(u"appKeyCopyButton"_s);
    row->addWidget(copy);
    auto *done = new QPushButton(tr("&Done"), m_freshBox);
    done->setObjectName(u"appKeyDoneButton"_s);
    row->addWidget(done);
    box->addLayout(row);
    column->addWidget(m_freshBox);
    connect(copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_freshKey->text());
    });
    connect(done, &QPushButton::clicked, &m_presenter, &AppKeysPresenter::forgetFresh);
}

void AppKeysView::createTable(QBoxLayout *column)
{
    m_empty = new QLabel(
        tr("No app has a key of its own yet. Connecting a tool makes one for it; for programs of "
           "your own make one here."),
        this);
    m_empty->setWordWrap(true);
    makeSecondary(m_empty);
    column->addWidget(m_empty);
    m_model = new TextTableModel(AppKeysPresenter::columns(), this);
    m_table = new QTableView(this);
    m_table->setObjectName(u"appKeyTable"_s);
    m_table->setAccessibleName(tr("Apps and what they have used today"));
    m_table->setModel(m_model);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    layOutColumns();
    column->addWidget(m_table, 1);
    connect(
        m_table->selectionModel(),
        &QItemSelectionModel::currentRowChanged,
        this,
        [this](const QModelIndex &index) {
            const auto row = std::size_t(index.row());
            if (!m_updating && index.isValid() && row < m_presenter.rows().size()) {
                m_presenter.select(m_presenter.rows()[row].id);
            }
        });
}

/// Long texts take further lines: the table is never moved sideways.
void AppKeysView::layOutColumns()
{
    QHeaderView *header = m_table->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    for (const int column : AppKeysPresenter::longColumns()) {
        header->setSectionResizeMode(column, QHeaderView::Stretch);
    }
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    QHeaderView *lines = m_table->verticalHeader();
    lines->setMinimumSectionSize(lines->defaultSectionSize());
    connect(header, &QHeaderView::sectionResized, m_table, &QTableView::resizeRowsToContents);
}

void AppKeysView::createRights(QBoxLayout *column)
{
    m_rights = new QWidget(this);
    auto *box = new QVBoxLayout(m_rights);
    box->setContentsMargins(0, 0, 0, 0);
    m_rightsTitle = new QLabel(m_rights);
    m_rightsTitle->setTextFormat(Qt::PlainText);
    makeHeading(m_rightsTitle, HeadingLevel::Section);
    box->addWidget(m_rightsTitle);
    auto *row = new QHBoxLayout;
    m_budget = new QLineEdit(m_rights);
    m_budget->setObjectName(u"appKeyBudgetEdit"_s);
    m_budget->setPlaceholderText(tr("no limit"));
    m_budget->setFixedWidth(widthOfChars(this, budgetChars));
    row->addWidget(labelFor(m_budget, tr("Do&llars a day"), m_rights));
    row->addWidget(m_budget);
    m_mode = new QComboBox(m_rights);
    m_mode->setObjectName(u"appKeyModeBox"_s);
    m_mode->addItem(tr("as for all"));
    m_mode->addItem(tr("free only"), int(Mode::Free));
    m_mode->addItem(tr("paid only"), int(Mode::Paid));
    m_mode->addItem(tr("auto"), int(Mode::Auto));
    row->addWidget(labelFor(m_mode, tr("M&ode"), m_rights));
    row->addWidget(m_mode);
    m_save = new QPushButton(tr("&Save"), m_rights);
    m_save->setObjectName(u"appKeySaveButton"_s);
    row->addWidget(m_save);
    m_revoke = new QPushButton(m_rights);
    m_revoke->setObjectName(u"appKeyRevokeButton"_s);
    row->addWidget(m_revoke);
    row->addStretch(1);
    box->addLayout(row);
    column->addWidget(m_rights);
    connect(m_save, &QPushButton::clicked, this, &AppKeysView::save);
    connect(m_revoke, &QPushButton::clicked, this, [this] {
        const AppKeyRow *selected = m_presenter.selected();
        if (selected != nullptr && selected->revokedAt) {
            m_presenter.restore(selected->id);
        } else {
            m_presenter.revoke();
        }
    });
}

void AppKeysView::makeKey()
{
    m_presenter.makeKey(m_name->text());
    if (m_presenter.fresh()) {
        m_name->clear();
        m_freshKey->setFocus();
        m_freshKey->selectAll();
    }
}

void AppKeysView::save()
{
    const QVariant mode = m_mode->currentData();
    const auto chosen = mode.isValid() ? std::optional(Mode(mode.toInt())) : std::nullopt;
    if (m_presenter.save(m_budget->text(), chosen)) {
        m_edited.clear(); // the fields show what is in force
        updateRights();
    }
}

void AppKeysView::update()
{
    m_problem->setText(m_presenter.problem());
    m_problem->setVisible(!m_problem->text().isEmpty());
    updateFresh();
    updateTable();
    updateRights();
}

void AppKeysView::updateFresh()
{
    const auto &fresh = m_presenter.fresh();
    m_freshBox->setVisible(fresh.has_value());
    m_freshKey->setText(fresh ? QString::fromLatin1(fresh->key.reveal()) : QString());
    m_freshLabel->setText(
        fresh ? tr("The key o&f %1. Keep it now: it is not shown again.").arg(fresh->app.name)
              : QString());
}

void AppKeysView::updateTable()
{
    const auto &rows = m_presenter.rows();
    std::vector<QStringList> texts;
    int current = -1;
    for (const AppKeyRow &row : rows) {
        if (&row == m_presenter.selected()) {
            current = int(texts.size());
        }
        texts.push_back(AppKeysPresenter::texts(row));
    }
    m_updating = true;
    m_model->setRows(std::move(texts));
    m_table->resizeRowsToContents();
    if (current >= 0 && m_table->currentIndex().row() != current) {
        m_table->selectRow(current);
    }
    m_updating = false;
    m_table->setVisible(!rows.empty());
    m_empty->setVisible(rows.empty());
}

void AppKeysView::updateRights()
{
    const AppKeyRow *row = m_presenter.selected();
    m_rights->setVisible(row != nullptr);
    if (row == nullptr) {
        return;
    }
    m_rightsTitle->setText(row->name);
    m_revoke->setText(row->revokedAt ? tr("Give &back") : tr("&Revoke…"));
    m_budget->setEnabled(!row->revokedAt);
    m_mode->setEnabled(!row->revokedAt);
    m_save->setEnabled(!row->revokedAt);
    // What is being typed stays when only the figures have changed.
    if (m_edited == row->id) {
        return;
    }
    m_edited = row->id;
    const auto &budget = row->rights.dailyBudget;
    m_budget->setText(budget ? interfaces::moneyText(*budget) : QString());
    m_mode->setCurrentIndex(row->rights.mode ? m_mode->findData(int(*row->rights.mode)) : 0);
}

} // namespace freerelay::ui
