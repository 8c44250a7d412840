#pragma once

#include "core/interfaces/app_connections.h"
#include "ui/theme/tones.h"

#include <QObject>
#include <QString>

#include <vector>

namespace freerelay::ui {

class GatewayFeed;
class MessageList;

/// The tools of this machine, and what connecting one of them, or undoing it, changes. Looks at
/// their files when the page comes up and after an order of its own. Main thread.
class AppsPresenter final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(AppsPresenter)

public:
    using Order = interfaces::AppOrder;
    using Answer = common::Result<interfaces::AppAnswer>;

    /// A state as a shape and words.
    struct State
    {
        QString icon; ///< "state-good"
        Tone tone = Tone::Neutral;
        QString text;
    };

    AppsPresenter(GatewayFeed &feed, MessageList &messages, QObject *parent = nullptr);
    ~AppsPresenter() override = default;

    void setActive(bool active);

    /// Those that are on this machine first.
    [[nodiscard]] const std::vector<interfaces::AppRow> &rows() const { return m_rows; }
    [[nodiscard]] static State stateOf(const interfaces::AppRow &row);

    /// @param id  "" = none
    void select(const QString &id);
    /// Null when none is selected; valid until the next changed().
    [[nodiscard]] const interfaces::AppRow *selected() const;

    /// Which of the two is looked at; the one that is possible, when only one is.
    [[nodiscard]] Order order() const { return m_order; }
    void setOrder(Order order);
    [[nodiscard]] bool isPossible(Order order) const;
    /// What the order changes; empty when it changes nothing, or cannot be done.
    [[nodiscard]] const QString &diff() const { return m_diff; }
    /// What is to be known before it: why it cannot be done, or what stays.
    [[nodiscard]] QString note() const;

    /// Is a tool being connected?
    [[nodiscard]] bool isBusy() const { return m_busy; }

    // Orders; what came of one becomes a message.
    void carryOut();
    void test();

Q_SIGNALS:
    void changed();

private:
    void look();
    void preview();
    void undo(const interfaces::AppRow &row);
    /// @param shown  the change that was looked at
    void connectTool(const interfaces::AppRow &row, const QString &shown, const Answer &answer);
    void onAnswer(const QString &name, const Answer &answer);

    GatewayFeed &m_feed;
    MessageList &m_messages;
    bool m_active = false;
    QString m_endpoint; ///< that the rows are about
    std::vector<interfaces::AppRow> m_rows;
    QString m_selected;
    Order m_order = Order::Connect;
    QString m_diff;
    QString m_problem;
    int m_left = 0;
    bool m_busy = false;
};

} // namespace freerelay::ui
