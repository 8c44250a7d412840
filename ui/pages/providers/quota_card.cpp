#include "quota_card.h"

#include "ui/models/quota_list_model.h"
#include "ui/pages/providers/quota_presenter.h"
#include "ui/widgets/meter_delegate.h"
#include "ui/widgets/state_label.h"
#include "ui/widgets/typography.h"

#include <QFrame>
#include <QItemSelectionModel>
#include <QLabel>
#include <QListView>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int mostRows = 6; ///< to be seen without scrolling

} // namespace

QuotaCard::QuotaCard(QuotaPresenter &presenter, QWidget *parent)
    : QWidget(parent)
    , m_presenter(presenter)
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    QFrame *card = createCard(this);
    outer->addWidget(card);
    QVBoxLayout *column = cardLayout(card);
    auto *title = new QLabel(tr("Quota"), card);
    makeHeading(title, HeadingLevel::Section);
    column->addWidget(title);
    m_usedUp = new StateLabel(card);
    m_usedUp->setObjectName(u"quotaUsedUp"_s);
    column->addWidget(m_usedUp);
    m_nothing = new QLabel(
        tr("Nothing is known of it yet: it is counted from the first request on."), card);
    m_nothing->setObjectName(u"quotaNothing"_s);
    makeSecondary(m_nothing);
    column->addWidget(m_nothing);
    column->addWidget(createList(card));
    m_details = new QLabel(card);
    m_details->setObjectName(u"quotaDetails"_s);
    makeSecondary(m_details);
    column->addWidget(m_details);
    m_restsTitle = new QLabel(tr("At rest"), card);
    makeHeading(m_restsTitle, HeadingLevel::Section);
    column->addWidget(m_restsTitle);
    m_rests = new QLabel(card);
    m_rests->setObjectName(u"quotaRests"_s);
    m_rests->setTextFormat(Qt::PlainText);
    m_rests->setWordWrap(true);
    column->addWidget(m_rests);
    m_next = new QLabel(card);
    m_next->setObjectName(u"quotaNext"_s);
    m_next->setTextFormat(Qt::PlainText);
    makeSecondary(m_next);
    column->addWidget(m_next);
    connect(&m_presenter, &QuotaPresenter::changed, this, &QuotaCard::update);
    update();
}

QWidget *QuotaCard::createList(QWidget *parent)
{
    using Model = QuotaListModel;
    m_list = new QListView(parent);
    m_list->setObjectName(u"quotaList"_s);
    m_list->setAccessibleName(tr("Quota, a row for each window of time"));
    m_list->setModel(&m_presenter.rows());
    m_list->setItemDelegate(new MeterDelegate(
        {Model::BackRole, Model::WindowRole, Model::UsedRole, Model::ShareRole}, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(
        m_list->selectionModel(),
        &QItemSelectionModel::currentRowChanged,
        this,
        &QuotaCard::update);
    return m_list;
}

void QuotaCard::update()
{
    const QString usedUp = m_presenter.usedUpText();
    m_usedUp->setVisible(!usedUp.isEmpty());
    m_usedUp->setState(u"state-wait"_s, Tone::Warning, usedUp);
    m_nothing->setVisible(m_presenter.isEmpty());
    updateList();
    const QString rests = m_presenter.restsText();
    m_restsTitle->setVisible(!rests.isEmpty());
    m_rests->setVisible(!rests.isEmpty());
    m_rests->setText(rests);
    m_next->setText(m_presenter.nextText());
}

void QuotaCard::updateList()
{
    const int rows = m_presenter.rows().rowCount();
    m_list->setVisible(rows > 0);
    m_details->setVisible(rows > 0);
    const QModelIndex current = m_list->currentIndex();
    m_details->setText(
        current.isValid() ? current.data(QuotaListModel::DetailsRole).toString()
                          : tr("Select a row to see where its limit comes from."));
    if (rows > 0) {
        const int row = m_list->sizeHintForIndex(m_presenter.rows().index(0)).height();
        m_list->setFixedHeight(qMin(rows, mostRows) * row + 2 * m_list->frameWidth());
    }
}

} // namespace freerelay::ui
