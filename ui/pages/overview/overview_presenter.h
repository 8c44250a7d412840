#pragma once

#include "ui/pages/overview/activity_presenter.h"
#include "ui/theme/tones.h"

#include <QObject>
#include <QTimer>

namespace freerelay::ui {

class GatewayCommands;
class GatewayFeed;

/// What the first page says. Main thread.
class OverviewPresenter final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OverviewPresenter)

public:
    struct Headline
    {
        QString iconName;
        Tone tone = Tone::Neutral;
        QString title;
        QString sentence;
    };

    /// What the button of the "next" card leads to.
    enum class Step { ChangePort, Listen, AddKey, ConnectApp, Resume, RetryKeychain, SeeProviders };

    struct NextStep
    {
        Step step = Step::AddKey;
        QString title;
        QString explanation;
        QString buttonText;
        QString iconName;
        QString otherButtonText{}; ///< a second way; empty: none
    };

    OverviewPresenter(GatewayFeed &feed, GatewayCommands &commands, QObject *parent = nullptr);
    ~OverviewPresenter() override = default;

    [[nodiscard]] Headline headline() const;
    [[nodiscard]] NextStep nextStep() const;
    /// "12 requests, 1 failed, 0 under way"
    [[nodiscard]] QString activity() const;
    /// What is going on that a user would not expect; "" = nothing.
    [[nodiscard]] QString notice() const;
    [[nodiscard]] GatewayFeed &feed() const { return m_feed; }
    [[nodiscard]] GatewayCommands &commands() const { return m_commands; }
    [[nodiscard]] ActivityPresenter &activityOverTime() { return m_activity; }

    /// While active the request counters are read once a second, and the record when they moved;
    /// otherwise nothing is.
    void setActive(bool active);
    void takeNextStep();
    /// The second way of the step: keeps the port and tries it again.
    void takeOtherStep();

Q_SIGNALS:
    void changed();
    void providersRequested();
    void connectRequested();

private:
    [[nodiscard]] NextStep listenStep() const;
    [[nodiscard]] QString degradedSentence() const;
    [[nodiscard]] bool keychainTrouble() const;

    GatewayFeed &m_feed;
    GatewayCommands &m_commands;
    ActivityPresenter m_activity;
    QTimer m_poll;
};

} // namespace freerelay::ui
