#include "tab_order.h"

#include <QWidget>

namespace freerelay::ui {

void placeInTabOrder(QWidget *container)
{
    QWidget *previous = container->previousInFocusChain();
    while (previous != container
           && (previous->focusPolicy() == Qt::NoFocus || container->isAncestorOf(previous))) {
        previous = previous->previousInFocusChain();
    }
    if (previous != container) {
        placeInTabOrder(container, previous);
    }
}

void placeInTabOrder(QWidget *container, QWidget *after)
{
    QWidget *previous = after;
    const QList<QWidget *> children = container->findChildren<QWidget *>();
    for (QWidget *child : children) {
        if (child->focusPolicy() != Qt::NoFocus && child->focusProxy() == nullptr) {
            QWidget::setTabOrder(previous, child);
            previous = child;
        }
    }
}

} // namespace freerelay::ui
