#pragma once

#include "core/interfaces/app_keys.h"

#include <QObject>
#include <QStringList>
#include <QTimer>

#include <chrono>
#include <optional>
#include <vector>

namespace freerelay::ui {

class GatewayFeed;
class MessageList;
class Prompter;

/// Apps with keys of their own: what they use today, what they may, and orders about them. Looks
/// at them every few seconds while the page is shown. Main thread.
class AppKeysPresenter final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(AppKeysPresenter)

public:
    static constexpr std::chrono::seconds interval{2};

    AppKeysPresenter(
        GatewayFeed &feed, MessageList &messages, Prompter &prompter, QObject *parent = nullptr);
    ~AppKeysPresenter() override = default;

    /// A page that is left forgets the key that it showed.
    void setActive(bool active);

    /// Those that are not revoked first.
    [[nodiscard]] const std::vector<interfaces::AppKeyRow> &rows() const { return m_rows; }
    [[nodiscard]] static QStringList columns();
    /// Those of them whose texts may be long.
    [[nodiscard]] static QList<int> longColumns();
    /// A row's texts, in the order of columns().
    [[nodiscard]] static QStringList texts(const interfaces::AppKeyRow &row);
    /// Why the keys of before open nothing; "" = they do.
    [[nodiscard]] QString problem() const;

    void select(const QString &id);
    /// Null when none is selected; valid until the next changed().
    [[nodiscard]] const interfaces::AppKeyRow *selected() const;

    /// The key that was made last, until it is forgotten; empty = none.
    [[nodiscard]] const std::optional<interfaces::NewAppKey> &fresh() const { return m_fresh; }
    void forgetFresh();

    // Orders; what came of one becomes a message.
    void makeKey(const QString &name);
    /// @param budget  dollars as text; "" = without a limit
    /// @return false when it cannot be: that has been told
    bool save(const QString &budget, std::optional<common::Mode> mode);
    /// Asks first.
    void revoke();
    void restore(const QString &id);

Q_SIGNALS:
    void changed();

private:
    void look();
    void carryOutRevocation(const interfaces::AppKeyRow &row);

    GatewayFeed &m_feed;
    MessageList &m_messages;
    Prompter &m_prompter;
    std::vector<interfaces::AppKeyRow> m_rows;
    QString m_selected;
    std::optional<interfaces::NewAppKey> m_fresh;
    QTimer m_timer;
};

} // namespace freerelay::ui
