#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace freerelay::ui {

class ChartCard;
class ChartTable;
class HealthPresenter;
class StateLabel;

/// How a provider was in the last minutes: its circuits in words, three charts, and the same as a
/// table.
class HealthSection final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(HealthSection)

public:
    explicit HealthSection(HealthPresenter &presenter, QWidget *parent = nullptr);
    ~HealthSection() override = default;

private:
    [[nodiscard]] QWidget *createTopRow();
    [[nodiscard]] QWidget *createCharts();
    void update();
    void updateState();
    void updateContent();

    HealthPresenter &m_presenter;
    QLabel *m_span = nullptr;
    QPushButton *m_asTable = nullptr;
    StateLabel *m_state = nullptr;
    QLabel *m_nothing = nullptr;
    QWidget *m_charts = nullptr;
    ChartCard *m_ttft = nullptr;
    ChartCard *m_errors = nullptr;
    ChartCard *m_calls = nullptr;
    ChartTable *m_table = nullptr;
};

} // namespace freerelay::ui
