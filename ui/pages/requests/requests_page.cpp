#include "requests_page.h"

#include "ui/models/gateway_feed.h"
#include "ui/pages/requests/requests_presenter.h"
#include "ui/theme/icons.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/state_label.h"
#include "ui/widgets/typography.h"

#include <QFormLayout>
#include <QFrame>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int pageMargin = 24;
constexpr int detailsChars = 40;

} // namespace

RequestsPage::RequestsPage(RequestsPresenter &presenter, QWidget *parent)
    : Page(parent)
    , m_presenter(presenter)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(pageMargin, pageMargin, pageMargin, pageMargin);
    auto *title = new QLabel(tr("Requests"), this);
    makeHeading(title, HeadingLevel::Page);
    column->addWidget(title);
    m_top = createTopRow();
    column->addWidget(m_top);
    m_stack = new QStackedWidget(this);
    column->addWidget(m_stack, 1);
    m_stack->addWidget(createTable());
    m_empty = new EmptyState(u"requests"_s, this);
    m_empty->button()->setObjectName(u"requestsEmptyButton"_s);
    connect(m_empty->button(), &QPushButton::clicked, this, &RequestsPage::connectRequested);
    m_stack->addWidget(m_empty);
    m_noMatch = new EmptyState(u"requests"_s, this);
    m_noMatch->button()->setObjectName(u"clearFilterButton"_s);
    connect(m_noMatch->button(), &QPushButton::clicked, m_filter, &QLineEdit::clear);
    m_stack->addWidget(m_noMatch);
    connect(&m_presenter, &RequestsPresenter::changed, this, &RequestsPage::update);
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
    return m_filter;
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
    auto *label = new QLabel(tr("F&ilter"), top);
    row->addWidget(label);
    m_filter = new QLineEdit(top);
    m_filter->setObjectName(u"requestFilterEdit"_s);
    m_filter->setClearButtonEnabled(true);
    m_filter->setPlaceholderText(tr("provider, model or status"));
    label->setBuddy(m_filter);
    connect(m_filter, &QLineEdit::textChanged, &m_presenter, &RequestsPresenter::setFilter);
    row->addWidget(m_filter, 1);
    m_count = new QLabel(top);
    m_count->setObjectName(u"requestCount"_s);
    row->addWidget(m_count);
    auto *hold = new QPushButton(lineIcon(u"pause"_s), tr("H&old the list"), top);
    hold->setObjectName(u"holdButton"_s);
    hold->setCheckable(true);
    hold->setToolTip(tr("Stops new rows from moving the list while you read it"));
    connect(hold, &QPushButton::toggled, &m_presenter, &RequestsPresenter::setHeld);
    row->addWidget(hold);
    return top;
}

QWidget *RequestsPage::createTable()
{
    auto *pane = new QWidget(this);
    auto *row = new QHBoxLayout(pane);
    row->setContentsMargins(0, 0, 0, 0);
    m_table = new QTableView(pane);
    m_table->setObjectName(u"requestTable"_s);
    m_table->setAccessibleName(tr("Last requests, newest first"));
    m_table->setModel(&m_presenter.rows());
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setStretchLastSection(true);
    const QFontMetrics metrics = m_table->fontMetrics();
    const auto setWidth = [&](RequestTableModel::Column column, const QString &sample) {
        constexpr int padding = 18;
        m_table->setColumnWidth(column, metrics.horizontalAdvance(sample) + padding);
    };
    setWidth(RequestTableModel::Time, u"00:00:00"_s);
    setWidth(RequestTableModel::Status, u"200 streamed XXX"_s);
    setWidth(RequestTableModel::Provider, u"Google AI Studio"_s);
    setWidth(RequestTableModel::Model, u"openai/gpt-oss-120b"_s);
    setWidth(RequestTableModel::Asked, u"freerelay-auto"_s);
    row->addWidget(m_table, 1);
    row->addWidget(createDetails());
    connect(
        m_table->selectionModel(),
        &QItemSelectionModel::selectionChanged,
        this,
        &RequestsPage::updateDetails);
    return pane;
}

QWidget *RequestsPage::createDetails()
{
    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFixedWidth(widthOfChars(this, detailsChars));
    scroll->setFocusPolicy(Qt::NoFocus);
    auto *pane = new QWidget(scroll);
    scroll->setWidget(pane);
    auto *column = new QVBoxLayout(pane);
    auto *title = new QLabel(tr("Details"), pane);
    makeHeading(title, HeadingLevel::Section);
    column->addWidget(title);
    m_error = new StateLabel(pane);
    m_error->setObjectName(u"requestError"_s);
    column->addWidget(m_error);
    m_fields = new QFormLayout;
    m_fields->setRowWrapPolicy(QFormLayout::WrapLongRows);
    column->addLayout(m_fields);
    m_copy = new QPushButton(lineIcon(u"copy"_s), tr("Copy &row"), pane);
    m_copy->setObjectName(u"copyRowButton"_s);
    connect(m_copy, &QPushButton::clicked, this, &RequestsPage::copySelected);
    column->addWidget(m_copy, 0, Qt::AlignLeft);
    column->addStretch(1);
    m_details = scroll;
    return scroll;
}

void RequestsPage::update()
{
    const bool none = m_presenter.allRows().rowCount() == 0;
    const bool noMatch = !none && m_presenter.rows().rowCount() == 0;
    m_stack->setCurrentIndex(none ? 1 : noMatch ? 2 : 0);
    m_top->setVisible(!none);
    m_count->setText(m_presenter.countText());
    if (none) {
        const QString endpoint = m_presenter.feed().status().endpoint;
        m_empty->setTexts(
            tr("No requests yet"),
            endpoint.isEmpty()
                ? tr("FreeRelay is not listening, so nothing can reach it.")
                : tr("The last requests appear here once a tool sends one to\n%1").arg(endpoint),
            tr("&Connect an app"));
    }
    if (noMatch) {
        m_noMatch->setTexts(
            tr("No request matches “%1”").arg(m_presenter.filter()),
            tr("The filter looks at every column; all its words have to occur."),
            tr("&Clear the filter"));
    }
    updateDetails();
}

void RequestsPage::updateDetails()
{
    const int row = selectedRow();
    Q_EMIT selectionChanged();
    m_details->setVisible(row >= 0);
    if (row < 0) {
        return;
    }
    const QString error = m_presenter.errorText(row);
    m_error->setVisible(!error.isEmpty());
    m_error->setState(u"state-warning"_s, Tone::Warning, error);
    const auto fields = m_presenter.details(row);
    while (m_fields->rowCount() < static_cast<int>(fields.size())) {
        auto *value = new QLabel(m_details);
        value->setWordWrap(true);
        value->setTextFormat(Qt::PlainText);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        auto *name = new QLabel(m_details);
        makeSecondary(name);
        name->setWordWrap(false);
        m_fields->addRow(name, value);
    }
    for (int i = 0; i < static_cast<int>(fields.size()); ++i) {
        const auto &[name, value] = fields.at(static_cast<std::size_t>(i));
        const auto set = [this, i](QFormLayout::ItemRole role, const QString &text) {
            qobject_cast<QLabel *>(m_fields->itemAt(i, role)->widget())->setText(text);
        };
        set(QFormLayout::LabelRole, name);
        set(QFormLayout::FieldRole, value);
    }
}

int RequestsPage::selectedRow() const
{
    const QModelIndexList selected = m_table->selectionModel()->selectedRows();
    return selected.isEmpty() ? -1 : selected.first().row();
}

} // namespace freerelay::ui
