#pragma once

#include <QByteArray>
#include <QWidget>

class QFrame;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace freerelay::interfaces {
struct ProviderRow;
} // namespace freerelay::interfaces

namespace freerelay::ui {

class HealthSection;
class KeyList;
class ProvidersPresenter;
class QuotaCard;
class SecretEdit;
class StateLabel;

/// Everything about the selected provider: state, quota, keyless consent, its keys, how to get one,
/// how it was lately.
class ProviderPanel final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ProviderPanel)

public:
    explicit ProviderPanel(ProvidersPresenter &presenter, QWidget *parent = nullptr);
    ~ProviderPanel() override = default;

    void update();
    void focusKeyField();

protected:
    void showEvent(QShowEvent *event) override;

private:
    [[nodiscard]] QWidget *createHead();
    [[nodiscard]] QWidget *createKeylessCard();
    [[nodiscard]] QWidget *createKeysCard();
    [[nodiscard]] QWidget *createAddCard();
    void updateKeyless(const interfaces::ProviderRow &row);
    void updateAdd(const interfaces::ProviderRow &row);
    void updateTest();
    void updateButtons();
    void createHealth();

    ProvidersPresenter &m_presenter;
    QByteArray m_shown;
    QVBoxLayout *m_column = nullptr;
    QLabel *m_name = nullptr;
    QLabel *m_facts = nullptr;
    StateLabel *m_state = nullptr;
    StateLabel *m_test = nullptr;
    QPushButton *m_retry = nullptr;
    QuotaCard *m_quota = nullptr;
    bool m_isUsed = false; ///< requests may go to the provider
    bool m_wasShown = false;
    HealthSection *m_health = nullptr; ///< made once the panel was seen
    QFrame *m_keylessCard = nullptr;
    QLabel *m_terms = nullptr;
    QPushButton *m_consent = nullptr;
    QPushButton *m_testKeyless = nullptr;
    QFrame *m_keysCard = nullptr;
    KeyList *m_keys = nullptr;
    QFrame *m_addCard = nullptr;
    QLabel *m_addTitle = nullptr;
    QLabel *m_steps = nullptr;
    QPushButton *m_openPage = nullptr;
    SecretEdit *m_key = nullptr;
    QLabel *m_hint = nullptr;
    QPushButton *m_save = nullptr;
    QPushButton *m_testTyped = nullptr;
};

} // namespace freerelay::ui
