#pragma once

#include "ui/theme/tones.h"

#include <QBrush>
#include <QColor>
#include <QPalette>
#include <QPen>

namespace freerelay::ui {

/// What tells the series of a chart apart: a colour, and with it a pattern (areas) and a dash
/// (lines) of its own, so that the colour is never the only sign.
enum class ChartHue { Blue, Orange, Green, Purple, Teal, Grey, Red };

/// At least 3:1 (WCAG 2.1, graphics) on the window, base and cards of light and dark palettes.
[[nodiscard]] QColor chartColor(ChartHue hue, const QPalette &palette);
[[nodiscard]] QBrush chartBrush(ChartHue hue, const QPalette &palette);
[[nodiscard]] QPen chartPen(ChartHue hue, const QPalette &palette);
/// Of a band behind the values: pale, so that they are seen before it; each tone has a pattern of
/// its own.
[[nodiscard]] QBrush chartBandBrush(Tone tone, const QPalette &palette);
/// Lines that only help the eye.
[[nodiscard]] QColor chartGridColor(const QPalette &palette);

} // namespace freerelay::ui
