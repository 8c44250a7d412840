#pragma once

#include "ui/pages/page.h"

class QLabel;
class QListWidget;
class QStackedWidget;

namespace freerelay::ui {

class ConnectPresenter;
class EmptyState;
class SnippetView;
class StateLabel;

/// Choose a tool, copy its settings.
class ConnectPage final : public Page
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ConnectPage)

public:
    explicit ConnectPage(ConnectPresenter &presenter, QWidget *parent = nullptr);
    ~ConnectPage() override = default;

    void setActive(bool active) override;

Q_SIGNALS:
    void overviewRequested();

private:
    [[nodiscard]] QWidget *createChooser();
    void update();
    void fillTools();
    void showCurrent();

    ConnectPresenter &m_presenter;
    bool m_active = false;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    QListWidget *m_tools = nullptr;
    StateLabel *m_warning = nullptr;
    SnippetView *m_view = nullptr;
};

} // namespace freerelay::ui
