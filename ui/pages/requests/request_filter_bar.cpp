#include "request_filter_bar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using interfaces::StatusClass;

namespace {

constexpr auto typingRest = 250ms;
constexpr int boxChars = 4; ///< at least: the stretch gives them more where there is room
constexpr int tooManyRequests = 429;

} // namespace

RequestFilterBar::RequestFilterBar(QWidget *parent)
    : QWidget(parent)
    , m_text(new QLineEdit(this))
    , m_textLabel(new QLabel(tr("&Error"), this))
    , m_rest(this)
{
    (new QHBoxLayout(this))->setContentsMargins(0, 0, 0, 0);
    m_status = addBox(u"statusFilter"_s, tr("Filter by status"));
    m_provider = addBox(u"providerFilter"_s, tr("Filter by provider"));
    m_model = addBox(u"modelFilter"_s, tr("Filter by model"));
    m_app = addBox(u"appFilter"_s, tr("Filter by app"));
    m_time = addBox(u"timeFilter"_s, tr("Filter by time"));
    addStatuses();
    addTimes();
    setChoices({});
    m_textLabel->setBuddy(m_text);
    m_text->setObjectName(u"requestFilterEdit"_s);
    m_text->setClearButtonEnabled(true);
    m_text->setPlaceholderText(tr("part of its text"));
    m_rest.setSingleShot(true);
    m_rest.setInterval(typingRest);
    connect(m_text, &QLineEdit::textChanged, &m_rest, qOverload<>(&QTimer::start));
    connect(m_text, &QLineEdit::returnPressed, this, &RequestFilterBar::filterChanged);
    connect(&m_rest, &QTimer::timeout, this, &RequestFilterBar::filterChanged);
}

QWidget *RequestFilterBar::firstBox() const
{
    return m_status;
}

QComboBox *RequestFilterBar::addBox(const QString &objectName, const QString &accessibleName)
{
    auto *box = new QComboBox(this);
    box->setObjectName(objectName);
    box->setAccessibleName(accessibleName);
    box->setToolTip(accessibleName);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(boxChars);
    layout()->addWidget(box);
    qobject_cast<QHBoxLayout *>(layout())->setStretchFactor(box, 1);
    connect(box, &QComboBox::currentIndexChanged, this, &RequestFilterBar::filterChanged);
    return box;
}

void RequestFilterBar::addStatuses()
{
    const auto add = [this](const QString &text, StatusClass statusClass) {
        m_status->addItem(text, static_cast<int>(statusClass));
    };
    add(tr("Any status"), StatusClass::Any);
    add(tr("Answered"), StatusClass::Success);
    add(tr("Failed"), StatusClass::Failed);
    add(tr("Refused (4xx)"), StatusClass::ClientError);
    m_status->addItem(tr("Limit reached (429)"), -tooManyRequests);
    add(tr("Broken (5xx)"), StatusClass::ServerError);
    add(tr("Client left"), StatusClass::ClientLeft);
}

void RequestFilterBar::addTimes()
{
    const auto add = [this](const QString &text, std::chrono::seconds age) {
        m_time->addItem(text, qlonglong(age.count()));
    };
    add(tr("Any time"), 0s);
    add(tr("Last hour"), 1h);
    add(tr("Last 24 hours"), 24h);
    add(tr("Last 7 days"), 24h * 7);
}

void RequestFilterBar::setNames(QComboBox *box, const QString &any, const QStringList &names)
{
    const QString chosen = box->currentData().toString();
    const QSignalBlocker quiet(box);
    box->clear();
    box->addItem(any, QString());
    for (const QString &name : names) {
        box->addItem(name, name);
    }
    int index = box->findData(chosen);
    if (index < 0) {
        box->addItem(chosen, chosen);
        index = box->count() - 1;
    }
    box->setCurrentIndex(index);
}

void RequestFilterBar::setChoices(const RequestsPresenter::Choices &choices)
{
    setNames(m_provider, tr("Any provider"), choices.providers);
    setNames(m_model, tr("Any model"), choices.models);
    setNames(m_app, tr("Any app"), choices.apps);
}

interfaces::RequestFilter RequestFilterBar::filter() const
{
    interfaces::RequestFilter filter;
    const int status = m_status->currentData().toInt();
    if (status < 0) {
        filter.status = -status;
    } else {
        filter.statusClass = static_cast<StatusClass>(status);
    }
    filter.provider = m_provider->currentData().toString();
    filter.model = m_model->currentData().toString();
    filter.app = m_app->currentData().toString();
    filter.errorText = m_text->text().trimmed();
    if (const qint64 age = m_time->currentData().toLongLong(); age > 0) {
        filter.from = QDateTime::currentDateTimeUtc().addSecs(-age);
    }
    return filter;
}

void RequestFilterBar::clear()
{
    {
        const QSignalBlocker quiet(this);
        for (QComboBox *box : {m_status, m_provider, m_model, m_app, m_time}) {
            box->setCurrentIndex(0);
        }
        m_text->clear();
        m_rest.stop();
    }
    Q_EMIT filterChanged();
}

} // namespace freerelay::ui
