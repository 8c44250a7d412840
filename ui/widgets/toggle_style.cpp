#include "toggle_style.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::ui {

QString toggleStyle()
{
    return u"QPushButton { background: palette(button); color: palette(button-text);"
           " border: 1px solid palette(mid); border-radius: 4px; padding: 4px 9px; }"
           "QPushButton:hover { border-color: palette(highlight); }"
           "QPushButton:focus { border: 2px solid palette(highlight); padding: 3px 8px; }"
           "QPushButton:checked { background: palette(highlight);"
           " color: palette(highlighted-text); }"
           "QPushButton:checked:focus { border-color: palette(window-text); }"_s;
}

} // namespace freerelay::ui
