#pragma once

#include "ui/theme/tones.h"

#include <QByteArray>
#include <QIconEngine>

#include <optional>

namespace freerelay::ui {

/// Draws an SVG whose "currentColor" is replaced by a colour of the application's palette at the
/// time of painting. GUI thread only.
class TintedSvgEngine final : public QIconEngine
{
public:
    TintedSvgEngine(QByteArray svg, std::optional<Tone> tone);

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override;
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override;
    [[nodiscard]] QIconEngine *clone() const override;

private:
    [[nodiscard]] QColor colorFor(QIcon::Mode mode) const;

    QByteArray m_svg;
    std::optional<Tone> m_tone;
};

} // namespace freerelay::ui
