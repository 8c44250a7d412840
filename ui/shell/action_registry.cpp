#include "action_registry.h"

#include "ui/theme/icons.h"

#include <QHash>

#include <algorithm>
#include <utility>

namespace freerelay::ui {

ActionRegistry::ActionRegistry(QObject *parent)
    : QObject(parent)
{ }

QAction *ActionRegistry::add(const ActionSpec &spec, std::function<void()> run)
{
    auto *action = new QAction(spec.text, this);
    action->setObjectName(spec.id);
    action->setShortcut(spec.shortcut);
    action->setCheckable(spec.checkable);
    if (!spec.iconName.isEmpty()) {
        action->setIcon(lineIcon(spec.iconName));
    }
    connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
    m_actions.push_back(action);
    return action;
}

QAction *ActionRegistry::find(const QString &id) const
{
    const auto found = std::find_if(m_actions.begin(), m_actions.end(), [&id](const QAction *a) {
        return a->objectName() == id;
    });
    return found == m_actions.end() ? nullptr : *found;
}

QStringList ActionRegistry::conflicts() const
{
    QStringList result;
    QHash<QKeySequence, QString> owner;
    for (const QAction *action : m_actions) {
        const QKeySequence keys = action->shortcut();
        if (keys.isEmpty()) {
            continue;
        }
        if (owner.contains(keys)) {
            result.append(action->objectName());
        } else {
            owner.insert(keys, action->objectName());
        }
    }
    return result;
}

void ActionRegistry::setDisabledReason(const QString &id, const QString &reason)
{
    if (QAction *action = find(id)) {
        action->setEnabled(reason.isEmpty());
        action->setToolTip(reason);
        action->setStatusTip(reason);
    }
}

} // namespace freerelay::ui
