#pragma once

#include "core/common/mode.h"
#include "ui/pages/page.h"

#include <map>

class QLabel;
class QLineEdit;
class QPushButton;
class QRadioButton;

namespace freerelay::ui {

class OverviewPresenter;

/// State, address, mode and the next thing to do.
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

private:
    [[nodiscard]] QWidget *createHeadline();
    [[nodiscard]] QWidget *createEndpointCard();
    [[nodiscard]] QWidget *createModeCard();
    [[nodiscard]] QWidget *createNextCard();
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
    std::map<common::Mode, QRadioButton *> m_modes;
    QLabel *m_nextTitle = nullptr;
    QLabel *m_nextExplanation = nullptr;
    QPushButton *m_nextButton = nullptr;
    QPushButton *m_otherButton = nullptr;
};

} // namespace freerelay::ui
