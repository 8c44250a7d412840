#pragma once

#include "ui/theme/tones.h"

#include <QIcon>
#include <QPalette>
#include <QPixmap>
#include <QString>

#include <optional>

namespace freerelay::ui {

/// One of our line icons (resources/icons/ui/<name>.svg) in the text colour of the moment: it is
/// drawn anew when the palette changes. With a tone, in that tone's colour.
[[nodiscard]] QIcon lineIcon(const QString &name, std::optional<Tone> tone = std::nullopt);

/// The program's icon; the desktop theme's own one first.
[[nodiscard]] QIcon applicationIcon();

/// How tray icons are coloured. Monochrome serves high-contrast palettes.
enum class TrayVariant { Light, Dark, Monochrome };

/// Monochrome above a text contrast of 20:1 (only pure black and white reach it), else by darkness.
[[nodiscard]] TrayVariant trayVariantFor(const QPalette &palette);

/// A tray icon (`state` = "ok", "paused", "degraded", "down", "demo"). A themed icon called
/// io.freerelay.FreeRelay-tray-<state> wins over ours.
[[nodiscard]] QIcon trayIcon(const QString &state, const QPalette &palette);

} // namespace freerelay::ui
