#include "tones.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace freerelay::ui {

namespace {

double luminance(const QColor &color)
{
    const auto linear = [](double channel) {
        return channel <= 0.03928 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF())
        + 0.0722 * linear(color.blueF());
}

struct TonePair
{
    QRgb onLight;
    QRgb onDark;
};

// In the order of Tone; contrast is asserted by tst_tones.
constexpr std::array<TonePair, 5> tones{{
    {0xff505860, 0xffb4bcc6},
    {0xff116329, 0xff57d26b},
    {0xff0550ae, 0xff79b8ff},
    {0xff805500, 0xffe3b341},
    {0xffa40e26, 0xffff9a92},
}};

} // namespace

bool isDark(const QPalette &palette)
{
    return luminance(palette.color(QPalette::WindowText))
        > luminance(palette.color(QPalette::Window));
}

double contrastRatio(const QColor &first, const QColor &second)
{
    const double a = luminance(first);
    const double b = luminance(second);
    constexpr double flare = 0.05;
    return (std::max(a, b) + flare) / (std::min(a, b) + flare);
}

QColor toneColor(Tone tone, const QPalette &palette)
{
    const TonePair &pair = tones.at(static_cast<std::size_t>(tone));
    return QColor::fromRgb(isDark(palette) ? pair.onDark : pair.onLight);
}

QColor secondaryTextColor(const QPalette &palette)
{
    return toneColor(Tone::Neutral, palette);
}

QPalette darkPalette()
{
    const QColor window(0x22, 0x24, 0x29);
    const QColor base(0x17, 0x19, 0x1c);
    const QColor text(0xe8, 0xea, 0xed);
    const QColor disabled(0x80, 0x86, 0x8f);
    const QColor accent(0x6f, 0x86, 0xff);
    QPalette palette(QColor(0x33, 0x36, 0x3d), window);
    palette.setColor(QPalette::WindowText, text);
    palette.setColor(QPalette::Base, base);
    palette.setColor(QPalette::AlternateBase, QColor(0x2c, 0x2f, 0x36));
    palette.setColor(QPalette::Text, text);
    palette.setColor(QPalette::ButtonText, text);
    palette.setColor(QPalette::BrightText, Qt::white);
    palette.setColor(QPalette::ToolTipBase, QColor(0x33, 0x36, 0x3d));
    palette.setColor(QPalette::ToolTipText, text);
    palette.setColor(QPalette::PlaceholderText, QColor(0x9a, 0xa1, 0xab));
    palette.setColor(QPalette::Link, accent);
    palette.setColor(QPalette::LinkVisited, accent);
    palette.setColor(QPalette::Highlight, QColor(0x45, 0x5a, 0xd6));
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::Midlight, QColor(0x3d, 0x41, 0x49));
    palette.setColor(QPalette::Mid, QColor(0x4a, 0x4f, 0x58));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, disabled);
    }
    return palette;
}

} // namespace freerelay::ui
