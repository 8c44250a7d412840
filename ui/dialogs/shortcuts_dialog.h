#pragma once

#include <QDialog>

namespace freerelay::ui {

class ActionRegistry;

/// Every action with its keys.
class ShortcutsDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ShortcutsDialog)

public:
    ShortcutsDialog(const ActionRegistry &actions, QWidget *parent);
    ~ShortcutsDialog() override = default;
};

} // namespace freerelay::ui
