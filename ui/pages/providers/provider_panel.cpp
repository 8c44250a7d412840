#include "provider_panel.h"

#include "ui/pages/providers/health_section.h"
#include "ui/pages/providers/key_list.h"
#include "ui/pages/providers/providers_presenter.h"
#include "ui/pages/providers/quota_card.h"
#include "ui/theme/icons.h"
#include "ui/widgets/secret_edit.h"
#include "ui/widgets/state_label.h"
#include "ui/widgets/tab_order.h"
#include "ui/widgets/typography.h"

#include <QDesktopServices>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>

#include <chrono>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using interfaces::KeyState;
using interfaces::ProviderRow;

namespace {

constexpr int cardGap = 12;
/// Time for the panel to be painted before the charts are made.
constexpr std::chrono::milliseconds chartDelay{40};

QString addTitle(const ProviderRow &row)
{
    if (!row.keys.empty()) {
        return ProviderPanel::tr("Add another key");
    }
    if (row.tier == "local"_L1) {
        return ProviderPanel::tr("Add a key, if it asks for one");
    }
    return row.keyless ? ProviderPanel::tr("Or add a key, for higher limits")
                       : ProviderPanel::tr("Add a key");
}

} // namespace

ProviderPanel::ProviderPanel(ProvidersPresenter &presenter, QWidget *parent)
    : QWidget(parent)
    , m_presenter(presenter)
{
    m_column = new QVBoxLayout(this);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(cardGap);
    m_column->addWidget(createHead());
    m_quota = new QuotaCard(m_presenter.quota(), this);
    m_quota->setObjectName(u"quotaCard"_s);
    m_column->addWidget(m_quota);
    m_column->addWidget(createKeylessCard());
    m_column->addWidget(createKeysCard());
    m_column->addWidget(createAddCard());
    m_column->addStretch(1);
    connect(&m_presenter, &ProvidersPresenter::keySaved, this, [this](const QByteArray &provider) {
        if (provider == m_shown) {
            m_key->forget();
        }
    });
}

void ProviderPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (!m_wasShown) {
        m_wasShown = true;
        QTimer::singleShot(chartDelay, this, &ProviderPanel::createHealth);
    }
}

void ProviderPanel::createHealth()
{
    m_health = new HealthSection(m_presenter.health(), this);
    m_health->setObjectName(u"healthSection"_s);
    m_health->setVisible(m_isUsed);
    m_column->insertWidget(m_column->count() - 1, m_health);
    placeInTabOrder(m_health, m_testTyped);
}

QWidget *ProviderPanel::createHead()
{
    auto *head = new QWidget(this);
    auto *column = new QVBoxLayout(head);
    column->setContentsMargins(0, 0, 0, 0);
    m_name = new QLabel(head);
    m_name->setObjectName(u"providerName"_s);
    makeHeading(m_name, HeadingLevel::Page);
    m_name->setWordWrap(true);
    column->addWidget(m_name);
    m_facts = new QLabel(head);
    makeSecondary(m_facts);
    column->addWidget(m_facts);
    auto *row = new QHBoxLayout;
    m_state = new StateLabel(head);
    m_state->setObjectName(u"providerState"_s);
    row->addWidget(m_state, 1);
    m_retry = new QPushButton(tr("Try the key&chain again"), head);
    m_retry->setObjectName(u"retryKeychainButton"_s);
    connect(m_retry, &QPushButton::clicked, &m_presenter, &ProvidersPresenter::retryKeychain);
    row->addWidget(m_retry);
    column->addLayout(row);
    m_test = new StateLabel(head);
    m_test->setObjectName(u"testResult"_s);
    column->addWidget(m_test);
    return head;
}

QWidget *ProviderPanel::createKeylessCard()
{
    m_keylessCard = createCard(this);
    QVBoxLayout *column = cardLayout(m_keylessCard);
    auto *title = new QLabel(tr("Works without a key"), m_keylessCard);
    makeHeading(title, HeadingLevel::Section);
    column->addWidget(title);
    m_terms = new QLabel(m_keylessCard);
    m_terms->setObjectName(u"providerTerms"_s);
    makeSecondary(m_terms);
    column->addWidget(m_terms);
    auto *row = new QHBoxLayout;
    m_consent = new QPushButton(m_keylessCard);
    m_consent->setObjectName(u"consentButton"_s);
    connect(m_consent, &QPushButton::clicked, this, [this] {
        const ProviderRow *provider = m_presenter.current();
        if (provider != nullptr && provider->state == KeyState::ConsentNeeded) {
            m_presenter.askConsent();
        } else {
            m_presenter.withdrawConsent();
        }
    });
    row->addWidget(m_consent);
    m_testKeyless = new QPushButton(lineIcon(u"test"_s), tr("Test"), m_keylessCard);
    m_testKeyless->setObjectName(u"testKeylessButton"_s);
    m_testKeyless->setAccessibleName(tr("Test without a key"));
    connect(m_testKeyless, &QPushButton::clicked, this, [this] { m_presenter.testKey({}); });
    row->addWidget(m_testKeyless);
    row->addStretch(1);
    column->addLayout(row);
    return m_keylessCard;
}

QWidget *ProviderPanel::createKeysCard()
{
    m_keysCard = createCard(this);
    QVBoxLayout *column = cardLayout(m_keysCard);
    auto *title = new QLabel(tr("Keys"), m_keysCard);
    makeHeading(title, HeadingLevel::Section);
    column->addWidget(title);
    m_keys = new KeyList(m_keysCard);
    m_keys->setObjectName(u"keyList"_s);
    column->addWidget(m_keys);
    connect(m_keys, &KeyList::testRequested, &m_presenter, &ProvidersPresenter::testKey);
    connect(m_keys, &KeyList::removeRequested, &m_presenter, &ProvidersPresenter::removeKey);
    return m_keysCard;
}

QWidget *ProviderPanel::createAddCard()
{
    m_addCard = createCard(this);
    QVBoxLayout *column = cardLayout(m_addCard);
    m_addTitle = new QLabel(m_addCard);
    makeHeading(m_addTitle, HeadingLevel::Section);
    m_addTitle->setWordWrap(true);
    column->addWidget(m_addTitle);
    m_steps = new QLabel(m_addCard);
    m_steps->setObjectName(u"keySteps"_s);
    m_steps->setWordWrap(true);
    m_steps->setTextFormat(Qt::PlainText);
    column->addWidget(m_steps);
    m_openPage = new QPushButton(lineIcon(u"external"_s), tr("Open &page"), m_addCard);
    m_openPage->setObjectName(u"openKeyPageButton"_s);
    connect(m_openPage, &QPushButton::clicked, this, [this] {
        QDesktopServices::openUrl(m_presenter.keyPage());
    });
    column->addWidget(m_openPage, 0, Qt::AlignLeft);
    auto *row = new QHBoxLayout;
    auto *label = new QLabel(tr("&Key"), m_addCard);
    row->addWidget(label);
    m_key = new SecretEdit(m_addCard);
    m_key->setObjectName(u"keyEdit"_s);
    m_key->setPlaceholderText(tr("Paste the key here"));
    label->setBuddy(m_key);
    row->addWidget(m_key, 1);
    column->addLayout(row);
    m_hint = new QLabel(m_addCard);
    m_hint->setObjectName(u"prefixHint"_s);
    makeSecondary(m_hint);
    column->addWidget(m_hint);
    auto *buttons = new QHBoxLayout;
    m_save = new QPushButton(lineIcon(u"key"_s), tr("&Save key"), m_addCard);
    m_save->setObjectName(u"saveKeyButton"_s);
    buttons->addWidget(m_save);
    m_testTyped = new QPushButton(lineIcon(u"test"_s), tr("&Test first"), m_addCard);
    m_testTyped->setObjectName(u"testTypedKeyButton"_s);
    buttons->addWidget(m_testTyped);
    buttons->addStretch(1);
    column->addLayout(buttons);
    connect(m_key, &QLineEdit::textChanged, this, &ProviderPanel::updateButtons);
    const auto save = [this] { m_presenter.addKey(m_key->secret()); };
    connect(m_key, &QLineEdit::returnPressed, this, save);
    connect(m_save, &QPushButton::clicked, this, save);
    connect(m_testTyped, &QPushButton::clicked, this, [this] {
        m_presenter.testCandidate(m_key->secret());
    });
    return m_addCard;
}

void ProviderPanel::update()
{
    const ProviderRow *row = m_presenter.current();
    setVisible(row != nullptr);
    if (row == nullptr) {
        return;
    }
    if (row->id != m_shown) {
        // A key typed for one provider must never be saved for another.
        m_shown = row->id;
        m_key->forget();
    }
    m_name->setText(row->name);
    const QString tier = ProviderListModel::tierWords(row->tier);
    m_facts->setText(
        row->models > 0 ? tr("%1 · %n model(s) known", nullptr, row->models).arg(tier) : tier);
    m_state->setState(
        ProviderListModel::stateIconName(row->state),
        ProviderListModel::stateTone(row->state),
        ProviderListModel::stateWords(*row));
    m_retry->setVisible(row->state == KeyState::KeychainLocked);
    updateTest();
    m_isUsed = row->state != KeyState::NoKey && row->state != KeyState::ConsentNeeded
        && row->state != KeyState::Disabled;
    m_quota->setVisible(m_isUsed);
    if (m_health != nullptr) {
        m_health->setVisible(m_isUsed);
    }
    updateKeyless(*row);
    const auto keys = m_presenter.keys();
    m_keysCard->setVisible(!keys.empty());
    m_keys->setKeys(
        keys, [this](const interfaces::KeyRow &key) { return m_presenter.removalObstacle(key); });
    updateAdd(*row);
}

void ProviderPanel::focusKeyField()
{
    m_key->setFocus(Qt::ShortcutFocusReason);
}

void ProviderPanel::updateTest()
{
    using Phase = ProvidersPresenter::TestState::Phase;
    const ProvidersPresenter::TestState test = m_presenter.testState();
    m_test->setVisible(test.phase != Phase::None);
    switch (test.phase) {
    case Phase::None:
        break;
    case Phase::Running:
        m_test->setState(u"state-wait"_s, Tone::Info, test.text);
        break;
    case Phase::Passed:
        m_test->setState(u"state-good"_s, Tone::Good, test.text);
        break;
    case Phase::Failed:
        m_test->setState(u"state-bad"_s, Tone::Bad, test.text);
        break;
    }
}

void ProviderPanel::updateKeyless(const ProviderRow &row)
{
    m_keylessCard->setVisible(row.keyless);
    const bool agreed = row.state != KeyState::ConsentNeeded;
    m_terms->setText(asSentence(row.terms));
    m_terms->setVisible(!row.terms.isEmpty());
    m_consent->setText(agreed ? tr("Stop &using it") : tr("&Use without a key…"));
    m_testKeyless->setVisible(agreed);
}

void ProviderPanel::updateAdd(const ProviderRow &row)
{
    const bool wanted = !row.variable.isEmpty() || !row.keyUrl.isEmpty() || !row.keyless;
    m_addCard->setVisible(wanted);
    m_addTitle->setText(addTitle(row));
    QStringList lines;
    for (int i = 0; i < row.keySteps.size(); ++i) {
        lines.append(tr("%1. %2", "numbered step").arg(i + 1).arg(row.keySteps.at(i)));
    }
    m_steps->setText(lines.join(u'\n'));
    m_steps->setVisible(!lines.isEmpty());
    const QUrl page = m_presenter.keyPage();
    m_openPage->setVisible(page.isValid());
    m_openPage->setToolTip(page.toDisplayString());
    m_openPage->setAccessibleName(tr("Open the key page of %1").arg(row.name));
    updateButtons();
}

void ProviderPanel::updateButtons()
{
    const bool empty = m_key->text().trimmed().isEmpty();
    const bool saving = m_presenter.isSaving();
    const QString reason = empty ? tr("Paste a key first")
        : saving                 ? tr("The key is being saved")
                                 : QString();
    for (QPushButton *button : {m_save, m_testTyped}) {
        button->setEnabled(reason.isEmpty());
        button->setToolTip(reason);
    }
    const QString hint = m_presenter.prefixHint(m_key->text());
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
}

} // namespace freerelay::ui
