#include "chart_style.h"

#include <QImage>
#include <QPainter>

#include <array>

namespace freerelay::ui {

namespace {

enum class Pattern { Solid, Rising, Level, Falling, Dots };

struct HueStyle
{
    QRgb onLight;
    QRgb onDark;
    Pattern pattern;
    Qt::PenStyle dash;
};

// In the order of ChartHue; contrast is asserted by tst_time_chart.
constexpr std::array<HueStyle, 7> hues{{
    {0xff2563b8, 0xff6ea8fe, Pattern::Solid, Qt::SolidLine},
    {0xffb25a00, 0xffffb454, Pattern::Rising, Qt::DashLine},
    {0xff1a7f37, 0xff5fd38d, Pattern::Level, Qt::DotLine},
    {0xff7a3fc2, 0xffc3a1ff, Pattern::Falling, Qt::DashDotLine},
    {0xff0f7b83, 0xff4fd1d9, Pattern::Dots, Qt::DashDotDotLine},
    {0xff6b7480, 0xff9aa3ad, Pattern::Solid, Qt::SolidLine},
    {0xffa40e26, 0xffff8a80, Pattern::Rising, Qt::SolidLine},
}};

const HueStyle &styleOf(ChartHue hue)
{
    return hues.at(static_cast<std::size_t>(hue));
}

constexpr int tileSide = 6;

void drawPattern(QPainter &painter, Pattern pattern)
{
    switch (pattern) {
    case Pattern::Solid:
        break;
    case Pattern::Rising:
        painter.drawLine(0, tileSide, tileSide, 0);
        painter.drawLine(-1, 1, 1, -1);
        painter.drawLine(tileSide - 1, tileSide + 1, tileSide + 1, tileSide - 1);
        break;
    case Pattern::Falling:
        painter.drawLine(0, 0, tileSide, tileSide);
        painter.drawLine(tileSide - 1, -1, tileSide + 1, 1);
        painter.drawLine(-1, tileSide - 1, 1, tileSide + 1);
        break;
    case Pattern::Level:
        painter.drawLine(0, tileSide / 2, tileSide, tileSide / 2);
        break;
    case Pattern::Dots:
        painter.drawPoint(1, 1);
        painter.drawPoint(1 + tileSide / 2, 1 + tileSide / 2);
        break;
    }
}

/// The pattern in `color` over a paler ground of it.
QImage tileOf(const QColor &color, Pattern pattern, float groundAlpha, double lineWidth)
{
    QImage tile(tileSide, tileSide, QImage::Format_ARGB32_Premultiplied);
    QColor ground = color;
    ground.setAlphaF(color.alphaF() * groundAlpha);
    tile.fill(ground);
    QPainter painter(&tile);
    painter.setRenderHint(QPainter::Antialiasing, pattern != Pattern::Dots);
    painter.setPen(QPen(color, lineWidth));
    drawPattern(painter, pattern);
    return tile;
}

Pattern patternOf(Tone tone)
{
    switch (tone) {
    case Tone::Bad:
        return Pattern::Rising;
    case Tone::Warning:
        return Pattern::Level;
    case Tone::Neutral:
    case Tone::Good:
    case Tone::Info:
        break;
    }
    return Pattern::Solid;
}

} // namespace

QColor chartColor(ChartHue hue, const QPalette &palette)
{
    const HueStyle &style = styleOf(hue);
    return QColor::fromRgb(isDark(palette) ? style.onDark : style.onLight);
}

QBrush chartBrush(ChartHue hue, const QPalette &palette)
{
    const QColor color = chartColor(hue, palette);
    const Pattern pattern = styleOf(hue).pattern;
    if (pattern == Pattern::Solid) {
        return color;
    }
    constexpr float groundAlpha = 0.55F;
    constexpr double lineWidth = 2;
    return tileOf(color, pattern, groundAlpha, lineWidth);
}

QBrush chartBandBrush(Tone tone, const QPalette &palette)
{
    QColor color = toneColor(tone, palette);
    constexpr float alpha = 0.22F;
    color.setAlphaF(alpha);
    constexpr float groundAlpha = 0.4F;
    constexpr double lineWidth = 1;
    return tileOf(color, patternOf(tone), groundAlpha, lineWidth);
}

QPen chartPen(ChartHue hue, const QPalette &palette)
{
    constexpr double width = 2;
    return {chartColor(hue, palette), width, styleOf(hue).dash, Qt::RoundCap, Qt::RoundJoin};
}

QColor chartGridColor(const QPalette &palette)
{
    QColor color = palette.color(QPalette::WindowText);
    constexpr float alpha = 0.12F;
    color.setAlphaF(alpha);
    return color;
}

} // namespace freerelay::ui
