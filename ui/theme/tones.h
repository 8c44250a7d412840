#pragma once

#include <QColor>
#include <QPalette>

namespace freerelay::ui {

/// What a colour means. Never the only carrier of that meaning: a shape and words go with it.
enum class Tone { Neutral, Good, Info, Warning, Bad };

/// True when the palette draws light text on a dark ground.
[[nodiscard]] bool isDark(const QPalette &palette);

/// Contrast ratio of two opaque colours, 1..21 (WCAG 2.1, relative luminance).
[[nodiscard]] double contrastRatio(const QColor &first, const QColor &second);

/// Colour of a tone that keeps at least 4.5:1 (WCAG 2.1 AA) on the usual window and base colours
/// of light and dark palettes.
[[nodiscard]] QColor toneColor(Tone tone, const QPalette &palette);

/// Text that matters less; still 4.5:1 on window and base.
[[nodiscard]] QColor secondaryTextColor(const QPalette &palette);

/// The dark palette used where the platform has none of its own.
[[nodiscard]] QPalette darkPalette();

} // namespace freerelay::ui
