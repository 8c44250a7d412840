#include "timeline_view.h"

#include <QHelpEvent>
#include <QPainter>
#include <QStyleOptionFocusRect>
#include <QToolTip>

#include <algorithm>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int margin = 4;
constexpr int barHeight = 8;
constexpr int barGap = 3; ///< between words and bar
constexpr int rowGap = 9;
constexpr int smallestBar = 3;

} // namespace

TimelineView::TimelineView(QWidget *parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void TimelineView::setTimeline(Timeline timeline)
{
    m_timeline = std::move(timeline);
    setAccessibleDescription(text());
    updateGeometry();
    update();
}

QString TimelineView::text() const
{
    QStringList lines;
    for (const TimelineBar &bar : m_timeline.bars) {
        lines << tr("%1 (%2)", "name of a bar, its description").arg(bar.name, bar.description);
    }
    return lines.join(u'\n');
}

int TimelineView::rowHeight() const
{
    return fontMetrics().height() + barGap + barHeight + rowGap;
}

QSize TimelineView::sizeHint() const
{
    const int rows = static_cast<int>(m_timeline.bars.size());
    constexpr int chars = 30;
    return {
        fontMetrics().averageCharWidth() * chars,
        2 * margin + std::max(0, rows * rowHeight() - rowGap)};
}

QSize TimelineView::minimumSizeHint() const
{
    constexpr int chars = 12;
    return {fontMetrics().averageCharWidth() * chars, sizeHint().height()};
}

int TimelineView::position(std::chrono::microseconds time) const
{
    const double whole = std::max(1.0, double(m_timeline.duration.count()));
    const double share = std::clamp(double(time.count()) / whole, 0.0, 1.0);
    return margin + int(share * (width() - 2 * margin));
}

QRect TimelineView::barArea(std::size_t index) const
{
    const TimelineBar &bar = m_timeline.bars[index];
    const int top = margin + int(index) * rowHeight() + fontMetrics().height() + barGap;
    const int left = std::min(position(bar.start), width() - margin - smallestBar);
    const int right = position(bar.start + bar.duration);
    return {left, top, std::max(smallestBar, right - left), barHeight};
}

void TimelineView::paintBar(QPainter &painter, std::size_t index) const
{
    const TimelineBar &bar = m_timeline.bars[index];
    const QRect area = barArea(index);
    const int top = margin + int(index) * rowHeight();
    const QRect words(margin, top, width() - 2 * margin, fontMetrics().height());
    painter.setPen(secondaryTextColor(palette()));
    painter.drawText(words, Qt::AlignRight | Qt::AlignVCenter, bar.value);
    const int taken = fontMetrics().horizontalAdvance(bar.value + u"  "_s);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(
        words.adjusted(0, 0, -taken, 0),
        Qt::AlignLeft | Qt::AlignVCenter,
        fontMetrics().elidedText(bar.name, Qt::ElideRight, words.width() - taken));
    painter.setPen(Qt::NoPen);
    QColor track = palette().color(QPalette::Mid);
    track.setAlphaF(0.35F);
    painter.fillRect(QRect(margin, area.top(), words.width(), barHeight), track);
    const QColor color = toneColor(bar.tone, palette());
    QColor pale = color;
    pale.setAlphaF(0.5F);
    if (bar.failed) {
        painter.fillRect(area, pale);
        painter.fillRect(area, QBrush(color, Qt::BDiagPattern));
        return;
    }
    painter.fillRect(area, pale);
    const int content = std::clamp(position(bar.start + bar.wait), area.left(), area.right());
    painter.fillRect(QRect(QPoint(content, area.top()), area.bottomRight()), color);
}

void TimelineView::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    for (std::size_t i = 0; i < m_timeline.bars.size(); ++i) {
        paintBar(painter, i);
    }
    if (hasFocus()) {
        QStyleOptionFocusRect option;
        option.initFrom(this);
        style()->drawPrimitive(QStyle::PE_FrameFocusRect, &option, &painter, this);
    }
}

bool TimelineView::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<const QHelpEvent *>(event);
        const int index = (help->pos().y() - margin) / std::max(1, rowHeight());
        if (index >= 0 && index < int(m_timeline.bars.size())) {
            QToolTip::showText(
                help->globalPos(), m_timeline.bars[std::size_t(index)].description, this);
            return true;
        }
    }
    return QWidget::event(event);
}

} // namespace freerelay::ui
