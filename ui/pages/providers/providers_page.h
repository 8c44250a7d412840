#pragma once

#include "ui/pages/page.h"

class QLineEdit;
class QListView;
class QStackedWidget;

namespace freerelay::ui {

class EmptyState;
class ProviderPanel;
class ProvidersPresenter;

/// All providers on the left, the selected one on the right.
class ProvidersPage final : public Page
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ProvidersPage)

public:
    explicit ProvidersPage(ProvidersPresenter &presenter, QWidget *parent = nullptr);
    ~ProvidersPage() override = default;

    void setActive(bool active) override;
    [[nodiscard]] QWidget *filterField() const override;
    void focusKeyField();

private:
    [[nodiscard]] QWidget *createList();
    void update();
    void showSelection();

    ProvidersPresenter &m_presenter;
    QLineEdit *m_filter = nullptr;
    QStackedWidget *m_listStack = nullptr;
    QListView *m_list = nullptr;
    EmptyState *m_noMatch = nullptr;
    ProviderPanel *m_panel = nullptr;
};

} // namespace freerelay::ui
