#pragma once

#include "core/common/mode.h"
#include "ui/pages/page.h"

#include <map>

class QLabel;
class QLineEdit;
class QPushButton;
class QRadioButton;
class QVBoxLayout;

namespace freerelay::ui {

class ActivitySection;
class OverviewPresenter;
class StateLabel;

/// State, the next thing to do, address, mode, and what happened. The charts of the latter are
/// made once the rest of the page has been seen: the window is not to wait for them.
class OverviewPage final : public Page
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OverviewPage)

public:
    explicit OverviewPage(OverviewPresenter &presenter, QWidget *parent = nullptr);
    ~OverviewPage() override = default;

    void setActive(bool active) override;

protected:
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    [[nodiscard]] QWidget *createHeadline();
    [[nodiscard]] QWidget *createEndpointCard();
    [[nodiscard]] QWidget *createModeCard();
    [[nodiscard]] QWidget *createNextCard();
    void createActivity();
    void update();
    void updateHeadline();

    OverviewPresenter &m_presenter;
    bool m_active = false;
    QLabel *m_icon = nullptr;
    QLabel *m_title = nullptr;
    QLabel *m_sentence = nullptr;
    QPushButton *m_pause = nullptr;
    QLineEdit *m_endpoint = nullptr;
    QPushButton *m_copy = nullptr;
    QLabel *m_activity = nullptr;
    StateLabel *m_notice = nullptr;
    std::map<common::Mode, QRadioButton *> m_modes;
    QLabel *m_nextTitle = nullptr;
    QLabel *m_nextExplanation = nullptr;
    QPushButton *m_nextButton = nullptr;
    QPushButton *m_otherButton = nullptr;
    QVBoxLayout *m_column = nullptr;
    ActivitySection *m_activitySection = nullptr;
    bool m_shown = false;
};

} // namespace freerelay::ui
