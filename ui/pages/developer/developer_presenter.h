#pragma once

#include "core/interfaces/chaos_figures.h"
#include "ui/models/text_table_model.h"

#include <QObject>
#include <QTimer>

#include <chrono>

namespace freerelay::ui {

class GatewayFeed;
class MessageList;

/// Faults that are played on purpose (docs/chaos.md). Looks each second while active; inactive it
/// asks nothing. Main thread.
class DeveloperPresenter final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DeveloperPresenter)

public:
    /// A choice and the word that orders it.
    struct Choice
    {
        QString text;
        QString word;
    };

    DeveloperPresenter(
        GatewayFeed &feed,
        MessageList &messages,
        std::chrono::milliseconds pace = std::chrono::seconds(1),
        QObject *parent = nullptr);
    ~DeveloperPresenter() override = default;

    void setActive(bool active);

    [[nodiscard]] bool isOn() const { return m_figures.rules.on; }
    /// "Faults are being played: 12 so far"
    [[nodiscard]] QString stateText() const;
    /// Provider, fault, share, seed.
    [[nodiscard]] TextTableModel &rules() { return m_rules; }
    /// Provider, fault, how often it was played.
    [[nodiscard]] TextTableModel &counts() { return m_counts; }
    /// All providers together first.
    [[nodiscard]] std::vector<Choice> providerChoices() const;
    [[nodiscard]] std::vector<Choice> faultChoices() const;

    // Orders; what is wrong with one becomes a message.
    void setOn(bool on);
    void addRule(const interfaces::ChaosRule &rule);
    /// @param row  of rules(); others do nothing
    void removeRule(int row);

Q_SIGNALS:
    void changed();

private:
    void look();
    void order(const interfaces::ChaosRules &rules);
    [[nodiscard]] QString providerText(const QString &id) const;

    GatewayFeed &m_feed;
    MessageList &m_messages;
    QTimer m_pace;
    interfaces::ChaosFigures m_figures;
    TextTableModel m_rules;
    TextTableModel m_counts;
};

} // namespace freerelay::ui
