#pragma once

#include "core/common/mode.h"
#include "core/interfaces/gateway_control.h"

#include <QObject>
#include <QString>

#include <vector>

namespace freerelay::ui {

class GatewayCommands;
class GatewayFeed;

/// What a person must be able to tell at a glance. Each has its own shape in the tray.
enum class TrayState { Ok, Paused, Degraded, Down, Demo };

[[nodiscard]] TrayState trayStateOf(const interfaces::GatewayStatus &status);
/// "ok", "paused", "degraded", "down", "demo": the names of the icons.
[[nodiscard]] QString toString(TrayState state);

/// One of several that exclude each other, in a submenu.
struct TrayChoice
{
    QString id;
    QString text;
    bool checked = false;
};

/// One entry of the tray menu.
struct TrayEntry
{
    enum class Kind { Status, Command, Choices, Separator };

    Kind kind = Kind::Command;
    QString id;
    QString text;
    bool enabled = true;
    QString reason{}; ///< why it is disabled
    std::vector<TrayChoice> choices{}; ///< of Kind::Choices
};

/// The tray without a tray: state, words and menu. Main thread.
class TrayPresenter final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TrayPresenter)

public:
    TrayPresenter(GatewayFeed &feed, GatewayCommands &commands, QObject *parent = nullptr);
    ~TrayPresenter() override = default;

    [[nodiscard]] TrayState state() const;
    /// "Running · 127.0.0.1:8000 · 3 providers ready"
    [[nodiscard]] QString statusLine() const { return describe(status()); }
    [[nodiscard]] static QString describe(const interfaces::GatewayStatus &status);
    /// "Groq is used up until 16:40; Google answers."; "" when no provider is.
    [[nodiscard]] static QString
    quotaSentence(const interfaces::QuotaOutlook &outlook, const QDateTime &now);
    /// "2 of 3 providers fail; …"; "" when there is no brownout.
    [[nodiscard]] static QString brownoutSentence(const interfaces::BrownoutStatus &brownout);
    [[nodiscard]] QString toolTip() const;
    /// At most twelve entries on the first level.
    [[nodiscard]] std::vector<TrayEntry> menu() const;
    /// Does what the entry of that id says; unknown ids do nothing.
    void trigger(const QString &id);

Q_SIGNALS:
    void changed();
    void openRequested();
    void connectRequested();
    void quitRequested();

private:
    [[nodiscard]] const interfaces::GatewayStatus &status() const;
    [[nodiscard]] static QString stateWord(TrayState state);
    [[nodiscard]] QString quotaLine() const;
    [[nodiscard]] TrayEntry modeMenu() const;

    GatewayFeed &m_feed;
    GatewayCommands &m_commands;
};

} // namespace freerelay::ui
