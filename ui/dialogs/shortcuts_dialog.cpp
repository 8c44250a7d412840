#include "shortcuts_dialog.h"

#include "ui/shell/action_registry.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QTableWidget>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

ShortcutsDialog::ShortcutsDialog(const ActionRegistry &actions, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"shortcutsDialog"_s);
    setWindowTitle(tr("Keyboard Shortcuts"));
    auto *column = new QVBoxLayout(this);
    auto *table = new QTableWidget(static_cast<int>(actions.actions().size()), 2, this);
    table->setObjectName(u"shortcutsTable"_s);
    table->setAccessibleName(tr("Actions and their keys"));
    table->setHorizontalHeaderLabels({tr("Action"), tr("Keys")});
    table->verticalHeader()->hide();
    table->setShowGrid(false);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setTabKeyNavigation(false);
    int row = 0;
    for (const QAction *action : actions.actions()) {
        QString text = action->text();
        table->setItem(row, 0, new QTableWidgetItem(text.remove(u'&')));
        const QString keys = action->shortcut().toString(QKeySequence::NativeText);
        table->setItem(row, 1, new QTableWidgetItem(keys));
        ++row;
    }
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    column->addWidget(table);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(buttons);
    constexpr QSize comfortable(460, 460);
    resize(comfortable);
}

} // namespace freerelay::ui
