#include "chart_legend.h"

#include <QPainter>

#include <algorithm>

namespace freerelay::ui {

namespace {

constexpr int sampleWidth = 22;
constexpr int sampleHeight = 10;
constexpr int sampleGap = 6;
constexpr int entryGap = 18;
constexpr int rowGap = 2;
constexpr int roundingRoom = 2; ///< glyphs have fractional widths

} // namespace

ChartLegend::ChartLegend(QWidget *parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void ChartLegend::setChart(const ChartData &chart)
{
    std::vector<Entry> entries;
    for (const ChartSeries &series : chart.series) {
        entries.push_back({series.name, series.hue});
    }
    for (const ChartBand &band : chart.bands) {
        const Entry entry{band.name, {}, band.tone};
        if (std::find(entries.begin(), entries.end(), entry) == entries.end()) {
            entries.push_back(entry);
        }
    }
    if (entries == m_entries && chart.kind == m_kind) {
        return;
    }
    m_entries = std::move(entries);
    m_kind = chart.kind;
    updateGeometry();
    update();
}

template <typename Place> int ChartLegend::layOut(int width, Place place) const
{
    const int height = fontMetrics().height();
    int x = 0;
    int y = 0;
    for (const Entry &entry : m_entries) {
        const int wanted = sampleWidth + sampleGap + fontMetrics().horizontalAdvance(entry.name)
            + roundingRoom;
        if (x > 0 && x + wanted > width) {
            x = 0;
            y += height + rowGap;
        }
        place(entry, QRect(x, y, std::min(wanted, width), height));
        x += wanted + entryGap;
    }
    return y + height;
}

QSize ChartLegend::sizeHint() const
{
    constexpr int chars = 40;
    const int width = fontMetrics().averageCharWidth() * chars;
    return {width, heightForWidth(width)};
}

QSize ChartLegend::minimumSizeHint() const
{
    constexpr int chars = 16;
    return {fontMetrics().averageCharWidth() * chars, fontMetrics().height()};
}

int ChartLegend::heightForWidth(int width) const
{
    return layOut(width, [](const Entry &, QRect) {});
}

void ChartLegend::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    layOut(width(), [&](const Entry &entry, QRect area) {
        QRect sample(area.left(), 0, sampleWidth, sampleHeight);
        sample.moveCenter(QPoint(sample.center().x(), area.center().y()));
        if (entry.band) {
            painter.setBrushOrigin(sample.topLeft());
            painter.fillRect(sample, chartBandBrush(*entry.band, palette()));
        } else if (m_kind == ChartKind::Bars) {
            painter.setBrushOrigin(sample.topLeft());
            painter.fillRect(sample, chartBrush(entry.hue, palette()));
        } else {
            painter.setPen(chartPen(entry.hue, palette()));
            painter.drawLine(
                sample.left(), sample.center().y(), sample.right(), sample.center().y());
        }
        const QRect words = area.adjusted(sampleWidth + sampleGap, 0, 0, 0);
        painter.setPen(secondaryTextColor(palette()));
        painter.drawText(
            words,
            Qt::AlignLeft | Qt::AlignVCenter,
            fontMetrics().elidedText(entry.name, Qt::ElideRight, words.width()));
    });
}

} // namespace freerelay::ui
