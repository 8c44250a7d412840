#include "overview_page.h"

#include "ui/models/gateway_feed.h"
#include "ui/pages/overview/activity_presenter.h"
#include "ui/pages/overview/activity_section.h"
#include "ui/pages/overview/overview_presenter.h"
#include "ui/shell/gateway_commands.h"
#include "ui/theme/icons.h"
#include "ui/widgets/adaptive_row.h"
#include "ui/widgets/copy_button.h"
#include "ui/widgets/state_label.h"
#include "ui/widgets/tab_order.h"
#include "ui/widgets/typography.h"

#include <QEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using common::Mode;

namespace {

constexpr int pageMargin = 24;
constexpr int cardGap = 14;
constexpr int contentWidth = 1'160;
constexpr int cardChars = 44; ///< that a card needs to stand beside another
constexpr int addressChars = 28; ///< "http://127.0.0.1:65535/v1" and the field's frame
constexpr int headlineIcon = 44;
/// Time for the window to be painted before the charts are made.
constexpr std::chrono::milliseconds chartDelay{40};

} // namespace

OverviewPage::OverviewPage(OverviewPresenter &presenter, QWidget *parent)
    : Page(parent)
    , m_presenter(presenter)
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto *scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    outer->addWidget(scroll);
    auto *canvas = new QWidget(scroll);
    scroll->setWidget(canvas);
    auto *row = new QHBoxLayout(canvas);
    row->setContentsMargins(pageMargin, pageMargin, pageMargin, pageMargin);
    auto *content = new QWidget(canvas);
    content->setMaximumWidth(contentWidth);
    row->addWidget(content, 1);
    row->addStretch(0);
    m_column = new QVBoxLayout(content);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(cardGap);
    m_column->addWidget(createHeadline());
    m_notice = new StateLabel(content);
    m_notice->setObjectName(u"overviewNotice"_s);
    m_column->addWidget(m_notice);
    m_column->addWidget(createNextCard());
    auto *pair = new AdaptiveRow(cardChars, cardGap, content);
    pair->add(createEndpointCard());
    pair->add(createModeCard());
    m_column->addWidget(pair);
    m_column->addStretch(1);
    connect(&m_presenter, &OverviewPresenter::changed, this, [this] {
        if (m_active) {
            update();
        }
    });
    connect(&m_presenter.activityOverTime(), &ActivityPresenter::changed, this, [this] {
        if (m_active && m_activitySection != nullptr) {
            m_activitySection->update();
        }
    });
    update();
}

void OverviewPage::setActive(bool active)
{
    m_active = active;
    m_presenter.setActive(active);
    if (active) {
        update();
        if (m_activitySection != nullptr) {
            m_activitySection->update();
        }
    }
}

void OverviewPage::showEvent(QShowEvent *event)
{
    Page::showEvent(event);
    if (!m_shown) {
        m_shown = true;
        QTimer::singleShot(chartDelay, this, &OverviewPage::createActivity);
    }
}

void OverviewPage::createActivity()
{
    m_activitySection = new ActivitySection(m_presenter.activityOverTime(), this);
    m_activitySection->setObjectName(u"activitySection"_s);
    connect(
        m_activitySection,
        &ActivitySection::connectRequested,
        &m_presenter,
        &OverviewPresenter::connectRequested);
    m_column->insertWidget(m_column->count() - 1, m_activitySection);
    placeInTabOrder(m_activitySection, m_modes.at(Mode::Paid));
}

void OverviewPage::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange && m_icon != nullptr) {
        updateHeadline();
    }
    Page::changeEvent(event);
}

QWidget *OverviewPage::createHeadline()
{
    auto *headline = new QWidget(this);
    auto *row = new QHBoxLayout(headline);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(cardGap);
    m_icon = new QLabel(headline);
    row->addWidget(m_icon, 0, Qt::AlignTop);
    auto *words = new QVBoxLayout;
    m_title = new QLabel(headline);
    m_title->setObjectName(u"overviewTitle"_s);
    makeHeading(m_title, HeadingLevel::Page);
    words->addWidget(m_title);
    m_sentence = new QLabel(headline);
    m_sentence->setObjectName(u"overviewSentence"_s);
    m_sentence->setWordWrap(true);
    m_sentence->setTextFormat(Qt::PlainText);
    words->addWidget(m_sentence);
    m_activity = new QLabel(headline);
    m_activity->setObjectName(u"overviewActivity"_s);
    makeSecondary(m_activity);
    words->addWidget(m_activity);
    row->addLayout(words, 1);
    m_pause = new QPushButton(headline);
    m_pause->setObjectName(u"pauseButton"_s);
    connect(m_pause, &QPushButton::clicked, this, [this] { m_presenter.commands().togglePause(); });
    row->addWidget(m_pause, 0, Qt::AlignTop);
    return headline;
}

QWidget *OverviewPage::createEndpointCard()
{
    QFrame *card = createCard(this);
    QVBoxLayout *column = cardLayout(card);
    auto *label = new QLabel(tr("A&ddress for your tools"), card);
    makeHeading(label, HeadingLevel::Section);
    column->addWidget(label);
    auto *row = new QHBoxLayout;
    m_endpoint = new QLineEdit(card);
    m_endpoint->setObjectName(u"endpointEdit"_s);
    m_endpoint->setReadOnly(true);
    m_endpoint->setFont(fixedFont(this));
    m_endpoint->setPlaceholderText(tr("none yet"));
    m_endpoint->setMinimumWidth(widthOfChars(m_endpoint, addressChars));
    label->setBuddy(m_endpoint);
    row->addWidget(m_endpoint, 1);
    m_copy = new CopyButton([this] { return m_endpoint->text(); }, card);
    m_copy->setObjectName(u"copyEndpointButton"_s);
    m_copy->setAccessibleName(tr("Copy the address"));
    row->addWidget(m_copy);
    column->addLayout(row);
    auto *hint = new QLabel(
        tr("Tools that speak the OpenAI protocol add /v1 to it. Any key will do unless keys were "
           "made necessary, and the model may be called freerelay-auto."),
        card);
    makeSecondary(hint);
    column->addWidget(hint);
    return card;
}

QWidget *OverviewPage::createModeCard()
{
    QFrame *card = createCard(this);
    QVBoxLayout *column = cardLayout(card);
    auto *label = new QLabel(tr("What may be used"), card);
    makeHeading(label, HeadingLevel::Section);
    column->addWidget(label);
    const auto add = [&](Mode mode, const QString &name, const QString &objectName) {
        auto *button = new QRadioButton(
            tr("%1 – %2", "mode, explanation").arg(name, GatewayCommands::modeExplanation(mode)),
            card);
        button->setObjectName(objectName);
        connect(button, &QRadioButton::clicked, this, [this, mode] {
            m_presenter.commands().setMode(mode);
        });
        column->addWidget(button);
        m_modes[mode] = button;
    };
    add(Mode::Auto, tr("A&uto"), u"modeAutoRadio"_s);
    add(Mode::Free, tr("F&ree"), u"modeFreeRadio"_s);
    add(Mode::Paid, tr("Pa&id"), u"modePaidRadio"_s);
    return card;
}

QWidget *OverviewPage::createNextCard()
{
    QFrame *card = createCard(this);
    QVBoxLayout *column = cardLayout(card);
    auto *row = new QHBoxLayout;
    column->addLayout(row);
    auto *words = new QVBoxLayout;
    m_nextTitle = new QLabel(card);
    m_nextTitle->setObjectName(u"nextTitle"_s);
    makeHeading(m_nextTitle, HeadingLevel::Section);
    words->addWidget(m_nextTitle);
    m_nextExplanation = new QLabel(card);
    makeSecondary(m_nextExplanation);
    words->addWidget(m_nextExplanation);
    row->addLayout(words, 1);
    m_nextButton = new QPushButton(card);
    m_nextButton->setObjectName(u"nextStepButton"_s);
    connect(m_nextButton, &QPushButton::clicked, &m_presenter, &OverviewPresenter::takeNextStep);
    m_otherButton = new QPushButton(card);
    m_otherButton->setObjectName(u"otherStepButton"_s);
    connect(m_otherButton, &QPushButton::clicked, &m_presenter, &OverviewPresenter::takeOtherStep);
    auto *buttons = new QVBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(m_nextButton);
    buttons->addWidget(m_otherButton);
    buttons->addStretch(1);
    row->addLayout(buttons);
    return card;
}

void OverviewPage::updateHeadline()
{
    const OverviewPresenter::Headline headline = m_presenter.headline();
    m_icon->setPixmap(lineIcon(headline.iconName, headline.tone)
                          .pixmap(QSize(headlineIcon, headlineIcon), devicePixelRatioF()));
    m_title->setText(headline.title);
    m_sentence->setText(headline.sentence);
}

void OverviewPage::update()
{
    const interfaces::GatewayStatus &status = m_presenter.feed().status();
    updateHeadline();
    m_activity->setText(m_presenter.activity());
    const QString notice = m_presenter.notice();
    m_notice->setVisible(!notice.isEmpty());
    m_notice->setState(u"state-warning"_s, Tone::Warning, notice);
    m_pause->setText(status.paused ? tr("R&esume") : tr("Paus&e"));
    m_pause->setIcon(lineIcon(status.paused ? u"resume"_s : u"pause"_s));
    m_pause->setEnabled(status.listening);
    m_pause->setToolTip(
        status.listening ? QString() : tr("FreeRelay is not listening on any address"));
    m_endpoint->setText(status.endpoint);
    m_copy->setEnabled(!status.endpoint.isEmpty());
    m_copy->setToolTip(
        status.endpoint.isEmpty() ? tr("FreeRelay is not listening on any address") : QString());
    for (const auto &[mode, button] : m_modes) {
        button->setChecked(mode == status.mode);
    }
    const OverviewPresenter::NextStep next = m_presenter.nextStep();
    m_nextTitle->setText(next.title);
    m_nextExplanation->setText(next.explanation);
    m_nextButton->setText(next.buttonText);
    m_nextButton->setIcon(lineIcon(next.iconName));
    m_otherButton->setText(next.otherButtonText);
    m_otherButton->setVisible(!next.otherButtonText.isEmpty());
}

} // namespace freerelay::ui
