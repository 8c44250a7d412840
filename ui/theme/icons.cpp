#include "icons.h"

#include "ui/theme/tinted_svg_engine.h"

#include <QFile>
#include <QPainter>
#include <QSvgRenderer>

#include <array>
#include <memory>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray readResource(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

struct TrayColors
{
    QByteArray mark;
    QByteArray badge;
    QByteArray sign;
};

// The mark keeps 2.5:1 on the opposite ground too: a panel may be dark under a light palette.
TrayColors coloredTray(const QString &state, bool dark)
{
    const QByteArray mark = dark ? "#93a2ff"_ba : "#4656c8"_ba;
    if (state == "ok"_L1) {
        return {mark, "#1f8a3b"_ba, "#ffffff"_ba};
    }
    if (state == "demo"_L1) {
        return {mark, dark ? "#4aa3ff"_ba : "#0a66d0"_ba, "#ffffff"_ba};
    }
    const QByteArray grey = dark ? "#a3abb5"_ba : "#5d6670"_ba;
    if (state == "paused"_L1) {
        return {grey, dark ? "#d5dae0"_ba : "#3c444d"_ba, dark ? "#1b1d21"_ba : "#ffffff"_ba};
    }
    if (state == "degraded"_L1) {
        return {mark, "#f0b429"_ba, "#1b1d21"_ba};
    }
    return {grey, "#d1293d"_ba, "#ffffff"_ba};
}

TrayColors trayColors(const QString &state, const QPalette &palette)
{
    if (trayVariantFor(palette) != TrayVariant::Monochrome) {
        return coloredTray(state, isDark(palette));
    }
    const QByteArray ink = palette.color(QPalette::WindowText).name().toLatin1();
    const QByteArray ground = palette.color(QPalette::Window).name().toLatin1();
    return {ink, ink, ground};
}

} // namespace

QIcon lineIcon(const QString &name, std::optional<Tone> tone)
{
    const QByteArray svg = readResource(u":/freerelay/icons/ui/%1.svg"_s.arg(name));
    Q_ASSERT_X(!svg.isEmpty(), "lineIcon", qPrintable(name));
    return QIcon(std::make_unique<TintedSvgEngine>(svg, tone).release());
}

QIcon applicationIcon()
{
    const QIcon own(u":/freerelay/icons/io.freerelay.FreeRelay.svg"_s);
    return QIcon::fromTheme(u"io.freerelay.FreeRelay"_s, own);
}

TrayVariant trayVariantFor(const QPalette &palette)
{
    constexpr double highContrast = 20.0;
    const double contrast = contrastRatio(
        palette.color(QPalette::WindowText), palette.color(QPalette::Window));
    if (contrast >= highContrast) {
        return TrayVariant::Monochrome;
    }
    return isDark(palette) ? TrayVariant::Dark : TrayVariant::Light;
}

QIcon trayIcon(const QString &state, const QPalette &palette)
{
    const QString themed = u"io.freerelay.FreeRelay-tray-%1"_s.arg(state);
    if (QIcon::hasThemeIcon(themed)) {
        return QIcon::fromTheme(themed);
    }
    const TrayColors colors = trayColors(state, palette);
    QByteArray svg = readResource(u":/freerelay/icons/tray/%1.svg"_s.arg(state));
    svg.replace("#101010", colors.mark);
    svg.replace("#202020", colors.badge);
    svg.replace("#303030", colors.sign);
    QSvgRenderer renderer(svg);
    QIcon icon;
    // The sizes trays ask for: XEmbed and StatusNotifierItem hosts at 100 to 300 %.
    for (const int side : std::array{16, 22, 24, 32, 48, 64, 96}) {
        QPixmap pixmap(side, side);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        renderer.render(&painter);
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

} // namespace freerelay::ui
