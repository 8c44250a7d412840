#pragma once

#include <QString>

namespace freerelay::ui {

/// A style sheet for the buttons in a widget that stay pressed: which ones are must be seen in
/// every palette, and Fusion hardly tells it in a dark one.
[[nodiscard]] QString toggleStyle();

} // namespace freerelay::ui
