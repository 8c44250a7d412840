#pragma once

#include "ui/pages/overview/activity_figures.h"

#include <QObject>
#include <QTimer>

namespace freerelay::ui {

class GatewayFeed;

/// What the charts of the overview show, and when the record is asked for it: while active, after
/// requests have ended, at most once in `pace`, and now and then because time goes on. Inactive it
/// asks nothing. Main thread.
class ActivityPresenter final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ActivityPresenter)

public:
    /// Paces between two questions when nothing happens.
    static constexpr int idlePaces = 60;

    explicit ActivityPresenter(
        GatewayFeed &feed,
        std::chrono::milliseconds pace = std::chrono::seconds(1),
        QObject *parent = nullptr);
    ~ActivityPresenter() override = default;

    [[nodiscard]] const Activity &activity() const { return m_activity; }
    [[nodiscard]] interfaces::StatsWindow window() const { return m_window; }
    /// No answer has come yet.
    [[nodiscard]] bool isLoading() const { return !m_hasAnswer && m_problem.isEmpty(); }
    /// Why the figures are old or missing; "" = they are right.
    [[nodiscard]] const QString &problem() const { return m_problem; }
    /// "As of 17:42:10"; "" before the first answer.
    [[nodiscard]] QString asOfText() const;
    /// "the last 24 hours"
    [[nodiscard]] static QString windowText(interfaces::StatsWindow window);

    void setActive(bool active);
    void setWindow(interfaces::StatsWindow window);

Q_SIGNALS:
    void changed();

private:
    void onPace();
    void ask();
    void onAnswer(const common::Result<interfaces::RequestStats> &stats);

    GatewayFeed &m_feed;
    QTimer m_pace;
    Activity m_activity;
    interfaces::StatsWindow m_window = interfaces::StatsWindow::Day;
    QString m_problem;
    quint64 m_seenRequests = 0; ///< that had ended at the last question
    int m_idle = 0; ///< paces since then
    int m_question = 0; ///< answers to earlier ones are not wanted
    bool m_settling = false; ///< what has just ended may not have been in the last answer
    bool m_waiting = false;
    bool m_hasAnswer = false;
};

} // namespace freerelay::ui
