#pragma once

#include "ui/pages/page.h"

class QLabel;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QTableView;

namespace freerelay::ui {

class EmptyState;
class RequestFilterBar;
class RequestPanel;
class RequestsPresenter;
class StateLabel;

/// The requests, live and recorded, with a filter and a panel for the selected one.
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
    void logFolderRequested();
    void selectionChanged();

private:
    [[nodiscard]] QWidget *createTopRow();
    [[nodiscard]] QWidget *createTable();
    void setColumnWidths();
    void onRowsInserted(int first, int last);
    void onSelectionChanged();
    void update();
    void updateEmptyStates();
    [[nodiscard]] int selectedRow() const;

    RequestsPresenter &m_presenter;
    RequestFilterBar *m_filter = nullptr;
    QLabel *m_count = nullptr;
    QPushButton *m_hold = nullptr;
    QPushButton *m_logFolder = nullptr;
    StateLabel *m_problem = nullptr;
    QStackedWidget *m_stack = nullptr;
    EmptyState *m_empty = nullptr;
    EmptyState *m_noMatch = nullptr;
    QTableView *m_table = nullptr;
    QSplitter *m_splitter = nullptr;
    RequestPanel *m_panel = nullptr;
};

} // namespace freerelay::ui
