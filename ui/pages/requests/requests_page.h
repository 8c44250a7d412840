#pragma once

#include "ui/pages/page.h"

class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace freerelay::ui {

class EmptyState;
class RequestsPresenter;
class StateLabel;

/// The last requests with a filter and a pane for the selected one.
class RequestsPage final : public Page
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RequestsPage)

public:
    explicit RequestsPage(RequestsPresenter &presenter, QWidget *parent = nullptr);
    ~RequestsPage() override = default;

    void setActive(bool active) override;
    [[nodiscard]] QWidget *filterField() const override;
    /// Copies the selected row; false when none is selected.
    bool copySelected();
    [[nodiscard]] bool hasSelection() const { return selectedRow() >= 0; }

Q_SIGNALS:
    void connectRequested();
    void selectionChanged();

private:
    [[nodiscard]] QWidget *createTopRow();
    [[nodiscard]] QWidget *createTable();
    [[nodiscard]] QWidget *createDetails();
    void update();
    void updateDetails();
    [[nodiscard]] int selectedRow() const;

    RequestsPresenter &m_presenter;
    QWidget *m_top = nullptr;
    QLineEdit *m_filter = nullptr;
    QLabel *m_count = nullptr;
    QStackedWidget *m_stack = nullptr;
    EmptyState *m_empty = nullptr;
    EmptyState *m_noMatch = nullptr;
    QTableView *m_table = nullptr;
    QWidget *m_details = nullptr;
    QFormLayout *m_fields = nullptr;
    StateLabel *m_error = nullptr;
    QPushButton *m_copy = nullptr;
};

} // namespace freerelay::ui
