#include "tinted_svg_engine.h"

#include <QGuiApplication>
#include <QPainter>
#include <QSvgRenderer>

#include <utility>

namespace freerelay::ui {

TintedSvgEngine::TintedSvgEngine(QByteArray svg, std::optional<Tone> tone)
    : m_svg(std::move(svg))
    , m_tone(tone)
{ }

void TintedSvgEngine::paint(
    QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State /*state*/)
{
    QByteArray svg = m_svg;
    svg.replace("currentColor", colorFor(mode).name().toLatin1());
    QSvgRenderer renderer(svg);
    const int side = qMin(rect.width(), rect.height());
    QRect square(0, 0, side, side);
    square.moveCenter(rect.center());
    renderer.render(painter, square);
}

QPixmap TintedSvgEngine::pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state)
{
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, QRect(QPoint(), size), mode, state);
    return pixmap;
}

QIconEngine *TintedSvgEngine::clone() const
{
    return std::make_unique<TintedSvgEngine>(m_svg, m_tone).release();
}

QColor TintedSvgEngine::colorFor(QIcon::Mode mode) const
{
    const QPalette palette = QGuiApplication::palette();
    switch (mode) {
    case QIcon::Disabled:
        return palette.color(QPalette::Disabled, QPalette::WindowText);
    case QIcon::Selected:
        return palette.color(QPalette::HighlightedText);
    case QIcon::Normal:
    case QIcon::Active:
        break;
    }
    return m_tone ? toneColor(*m_tone, palette) : palette.color(QPalette::WindowText);
}

} // namespace freerelay::ui
