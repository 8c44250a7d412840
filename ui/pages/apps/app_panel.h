#pragma once

#include <QWidget>

class QBoxLayout;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTabBar;

namespace freerelay::ui {

class AppsPresenter;
class StateLabel;

/// The selected tool: how it stands, what an order would change in its files, and the order.
class AppPanel final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(AppPanel)

public:
    explicit AppPanel(AppsPresenter &presenter, QWidget *parent = nullptr);
    ~AppPanel() override = default;

    void update();

private:
    void createWidgets();
    void createButtons(QBoxLayout *column);
    void updateOrders();

    AppsPresenter &m_presenter;
    QLabel *m_title = nullptr;
    StateLabel *m_state = nullptr;
    QLabel *m_advice = nullptr;
    QTabBar *m_orders = nullptr;
    QLabel *m_diffLabel = nullptr;
    QPlainTextEdit *m_diff = nullptr;
    QLabel *m_note = nullptr;
    QPushButton *m_carryOut = nullptr;
    QPushButton *m_test = nullptr;
};

} // namespace freerelay::ui
