#pragma once

#include <QWidget>

#include <array>

class QLabel;
class QPushButton;
class QStackedWidget;

namespace freerelay::ui {

class ActivityPresenter;
struct Activity;
class ChartCard;
class ChartTable;
class EmptyState;
class StateLabel;

/// The overview's figures over time: key figures, three charts, and the same as a table.
class ActivitySection final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ActivitySection)

public:
    explicit ActivitySection(ActivityPresenter &presenter, QWidget *parent = nullptr);
    ~ActivitySection() override = default;

    void update();

Q_SIGNALS:
    void connectRequested();

private:
    struct Tile
    {
        QLabel *value;
        QLabel *caption;
    };
    static constexpr std::size_t tileCount = 4;

    [[nodiscard]] QWidget *createTopRow();
    [[nodiscard]] QWidget *createRanges();
    [[nodiscard]] QWidget *createTiles();
    [[nodiscard]] QWidget *createCharts();
    [[nodiscard]] static QString ttftText(const Activity &activity);
    void updateCharts();
    void updateContent();

    ActivityPresenter &m_presenter;
    QLabel *m_asOf = nullptr;
    QPushButton *m_asTable = nullptr;
    StateLabel *m_problem = nullptr;
    QWidget *m_tiles = nullptr;
    std::array<Tile, tileCount> m_figures{};
    QWidget *m_charts = nullptr;
    ChartCard *m_requests = nullptr;
    ChartCard *m_ttft = nullptr;
    ChartCard *m_tokens = nullptr;
    ChartTable *m_table = nullptr;
    EmptyState *m_empty = nullptr;
};

} // namespace freerelay::ui
