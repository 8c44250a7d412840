#pragma once

class QWidget;

namespace freerelay::ui {

/// Gives the controls inside `container`, which were created after their neighbours, the place in
/// the tab order that the container itself has. In the order of their creation.
void placeInTabOrder(QWidget *container);

/// The same for a container made late: its widgets follow `after`, in the order of the tree.
void placeInTabOrder(QWidget *container, QWidget *after);

} // namespace freerelay::ui
