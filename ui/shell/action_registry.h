#pragma once

#include <QAction>
#include <QKeySequence>
#include <QObject>
#include <QString>

#include <functional>
#include <vector>

namespace freerelay::ui {

/// What an action is before it becomes one.
struct ActionSpec
{
    QString id; ///< "page.overview"; also its object name
    QString text; ///< with mnemonic
    QKeySequence shortcut;
    QString iconName{}; ///< empty: none
    bool checkable = false;
};

/// Every action of the window in one place: each has a shortcut, none shares one, and all of
/// them are listed. Main thread.
class ActionRegistry final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ActionRegistry)

public:
    explicit ActionRegistry(QObject *parent = nullptr);
    ~ActionRegistry() override = default;

    /// @param run  called when the action is triggered; lives as long as the registry
    QAction *add(const ActionSpec &spec, std::function<void()> run);
    /// Null when there is none.
    [[nodiscard]] QAction *find(const QString &id) const;
    [[nodiscard]] const std::vector<QAction *> &actions() const { return m_actions; }
    /// Ids of actions whose shortcut another one has too.
    [[nodiscard]] QStringList conflicts() const;
    /// Disables an action with the reason as its tooltip; an empty reason enables it.
    void setDisabledReason(const QString &id, const QString &reason);

private:
    std::vector<QAction *> m_actions;
};

} // namespace freerelay::ui
