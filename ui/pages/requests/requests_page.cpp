#include "requests_page.h"

#include "ui/models/gateway_feed.h"
#include "ui/pages/requests/request_filter_bar.h"
#include "ui/pages/requests/request_panel.h"
#include "ui/pages/requests/requests_presenter.h"
#include "ui/theme/icons.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/state_label.h"
#include "ui/widgets/typography.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QStyle>
#include <QTableView>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int pageMargin = 24;
constexpr int fieldChars = 48;
constexpr int tableChars = 24; ///< that stay when the panel is made wide

} // namespace

RequestsPage::RequestsPage(RequestsPresenter &presenter, QWidget *parent)
    : Page(parent)
    , m_presenter(presenter)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(pageMargin, pageMargin, pageMargin, pageMargin);
    m_filter = new RequestFilterBar(this);
    column->addWidget(createTopRow());
    column->addWidget(m_filter);
    setTabOrder(m_filter->textField(), m_hold);
    setTabOrder(m_hold, m_logFolder);
    setTabOrder(m_logFolder, m_filter->firstBox());
    m_problem = new StateLabel(this);
    m_problem->setObjectName(u"requestsProblem"_s);
    column->addWidget(m_problem);
    m_stack = new QStackedWidget(this);
    column->addWidget(m_stack, 1);
    m_stack->addWidget(createTable());
    m_empty = new EmptyState(u"requests"_s, this);
    m_empty->button()->setObjectName(u"requestsEmptyButton"_s);
    connect(m_empty->button(), &QPushButton::clicked, this, &RequestsPage::connectRequested);
    m_stack->addWidget(m_empty);
    m_noMatch = new EmptyState(u"requests"_s, this);
    m_noMatch->button()->setObjectName(u"clearFilterButton"_s);
    connect(m_noMatch->button(), &QPushButton::clicked, m_filter, &RequestFilterBar::clear);
    m_stack->addWidget(m_noMatch);
    connect(m_filter, &RequestFilterBar::filterChanged, this, [this] {
        m_presenter.setFilter(m_filter->filter());
    });
    connect(&m_presenter, &RequestsPresenter::choicesChanged, m_filter, [this] {
        m_filter->setChoices(m_presenter.choices());
    });
    connect(&m_presenter, &RequestsPresenter::changed, this, &RequestsPage::update);
    // Queued behind what onRowsInserted() does with the scroll bar.
    connect(
        &m_presenter,
        &RequestsPresenter::rowWanted,
        m_table,
        [this](int row) { m_table->selectRow(row); },
        Qt::QueuedConnection);
    update();
}

void RequestsPage::setActive(bool active)
{
    m_presenter.setActive(active);
    if (active) {
        update();
    }
}

QWidget *RequestsPage::filterField() const
{
    return m_filter->textField();
}

bool RequestsPage::copySelected()
{
    const int row = selectedRow();
    if (row < 0) {
        return false;
    }
    m_presenter.copyRow(row);
    return true;
}

QWidget *RequestsPage::createTopRow()
{
    auto *top = new QWidget(this);
    auto *row = new QHBoxLayout(top);
    row->setContentsMargins(0, 0, 0, 0);
    auto *title = new QLabel(tr("Requests"), top);
    makeHeading(title, HeadingLevel::Page);
    row->addWidget(title);
    row->addStretch(1);
    row->addWidget(m_filter->textLabel());
    constexpr int fieldShare = 8; // of the room that is left, before the gaps at its sides
    m_filter->textField()->setMaximumWidth(widthOfChars(this, fieldChars));
    row->addWidget(m_filter->textField(), fieldShare);
    row->addStretch(1);
    m_count = new QLabel(top);
    m_count->setObjectName(u"requestCount"_s);
    row->addWidget(m_count);
    m_hold = new QPushButton(lineIcon(u"pause"_s), tr("H&old the list"), top);
    m_hold->setObjectName(u"holdButton"_s);
    m_hold->setCheckable(true);
    m_hold->setToolTip(tr("Stops new rows from moving the list while you read it"));
    connect(m_hold, &QPushButton::toggled, &m_presenter, &RequestsPresenter::setHeld);
    row->addWidget(m_hold);
    m_logFolder = new QPushButton(lineIcon(u"external"_s), tr("&Log folder"), top);
    m_logFolder->setObjectName(u"logFolderButton"_s);
    m_logFolder->setToolTip(tr("Opens the folder of the log, whose lines name each request's id"));
    connect(m_logFolder, &QPushButton::clicked, this, &RequestsPage::logFolderRequested);
    row->addWidget(m_logFolder);
    return top;
}

QWidget *RequestsPage::createTable()
{
    m_splitter = new QSplitter(Qt::Horizontal, this);
    m_splitter->setChildrenCollapsible(false);
    m_table = new QTableView(m_splitter);
    m_table->setObjectName(u"requestTable"_s);
    m_table->setAccessibleName(tr("Requests, newest first"));
    m_table->setModel(&m_presenter.rows());
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setMinimumWidth(widthOfChars(this, tableChars));
    m_table->verticalHeader()->hide();
    // All rows are equally high, so none is ever measured.
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setStretchLastSection(true);
    setColumnWidths();
    m_panel = new RequestPanel(m_presenter.inspector(), m_splitter);
    m_splitter->setStretchFactor(0, 1);
    connect(m_panel, &RequestPanel::copyRowRequested, this, &RequestsPage::copySelected);
    connect(
        m_table->selectionModel(),
        &QItemSelectionModel::selectionChanged,
        this,
        &RequestsPage::onSelectionChanged);
    connect(
        &m_presenter.rows(),
        &QAbstractItemModel::rowsInserted,
        this,
        [this](const QModelIndex &, int first, int last) { onRowsInserted(first, last); });
    connect(
        &m_presenter.rows(),
        &QAbstractItemModel::modelReset,
        this,
        &RequestsPage::onSelectionChanged);
    return m_splitter;
}

void RequestsPage::setColumnWidths()
{
    const QFontMetrics metrics = m_table->fontMetrics();
    const auto setWidth =
        [&](RequestTableModel::Column column, const QString &sample, int icon = 0) {
            constexpr int padding = 18;
            m_table->setColumnWidth(column, metrics.horizontalAdvance(sample) + icon + padding);
        };
    interfaces::RequestRow broken;
    broken.status = 200;
    broken.brokenStream = true;
    const int icon = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, m_table);
    setWidth(RequestTableModel::Time, u"00:00:00"_s);
    setWidth(RequestTableModel::Status, RequestTableModel::statusWords(broken), icon);
    setWidth(RequestTableModel::Provider, u"Google AI Studio"_s);
    setWidth(RequestTableModel::Model, u"openai/gpt-oss-120b"_s);
    setWidth(RequestTableModel::Asked, u"freerelay-auto"_s);
    setWidth(RequestTableModel::App, u"OpenAI/Python"_s);
}

/// On top the list follows what happens; further down it stays where it is read.
void RequestsPage::onRowsInserted(int first, int last)
{
    QScrollBar *bar = m_table->verticalScrollBar();
    if (first != 0 || bar->value() == 0) {
        return;
    }
    const int wanted = bar->value() + (last - first + 1);
    // The view takes the new rows into its range when it lays itself out.
    QMetaObject::invokeMethod(
        this, [bar, wanted] { bar->setValue(wanted); }, Qt::QueuedConnection);
}

void RequestsPage::onSelectionChanged()
{
    m_presenter.select(selectedRow());
    m_panel->setVisible(hasSelection());
    Q_EMIT selectionChanged();
}

void RequestsPage::update()
{
    const bool hasRows = m_presenter.rows().rowCount() > 0 || m_presenter.isLoading();
    const bool filtered = !m_presenter.filter().isEmpty();
    m_stack->setCurrentIndex(hasRows ? 0 : filtered ? 2 : 1);
    for (QWidget *part :
         {static_cast<QWidget *>(m_filter),
          static_cast<QWidget *>(m_filter->textLabel()),
          static_cast<QWidget *>(m_filter->textField()),
          static_cast<QWidget *>(m_hold),
          static_cast<QWidget *>(m_count)}) {
        part->setVisible(hasRows || filtered);
    }
    m_count->setText(m_presenter.countText());
    const QString problem = m_presenter.problem();
    m_problem->setVisible(!problem.isEmpty());
    m_problem->setState(
        u"state-warning"_s,
        Tone::Warning,
        tr("Earlier requests cannot be shown. %1", "a sentence that says why").arg(problem));
    m_panel->setVisible(hasSelection());
    updateEmptyStates();
}

void RequestsPage::updateEmptyStates()
{
    const QString endpoint = m_presenter.feed().status().endpoint;
    m_empty->setTexts(
        tr("No requests yet"),
        endpoint.isEmpty() ? tr("FreeRelay is not listening, so nothing can reach it.")
                           : tr("Requests appear here once a tool sends one to\n%1").arg(endpoint),
        tr("&Connect an app"));
    m_noMatch->setTexts(
        tr("No request matches"),
        tr("All conditions have to hold. Text of an error is looked for in failed requests only."),
        tr("&Clear the filter"));
}

int RequestsPage::selectedRow() const
{
    const QModelIndexList selected = m_table->selectionModel()->selectedRows();
    return selected.isEmpty() ? -1 : selected.first().row();
}

} // namespace freerelay::ui
