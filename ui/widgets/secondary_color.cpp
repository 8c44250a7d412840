#include "secondary_color.h"

#include "ui/theme/tones.h"

#include <QEvent>
#include <QGuiApplication>
#include <QLabel>

namespace freerelay::ui {

SecondaryColor::SecondaryColor(QLabel *label)
    : QObject(label)
    , m_label(label)
{
    qGuiApp->installEventFilter(this);
    apply();
}

bool SecondaryColor::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == qGuiApp && event->type() == QEvent::ApplicationPaletteChange) {
        apply();
    }
    return QObject::eventFilter(watched, event);
}

void SecondaryColor::apply()
{
    QPalette palette = m_label->palette();
    palette.setColor(QPalette::WindowText, secondaryTextColor(QGuiApplication::palette()));
    m_label->setPalette(palette);
}

} // namespace freerelay::ui
