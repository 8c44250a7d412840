#include "meter_delegate.h"

#include "ui/theme/tones.h"

#include <QPainter>

#include <algorithm>

namespace freerelay::ui {

namespace {

constexpr int padding = 6;
constexpr int barHeight = 5;
constexpr int barGap = 3; ///< between the text and the bar

Tone toneOf(double share)
{
    if (share >= 1) {
        return Tone::Bad;
    }
    return share >= MeterDelegate::nearlyFull ? Tone::Warning : Tone::Good;
}

void paintBar(QPainter &painter, const QRect &track, double share, const QPalette &palette)
{
    QColor ground = palette.color(QPalette::Mid);
    ground.setAlphaF(0.35F);
    painter.fillRect(track, ground);
    QRect used = track;
    used.setWidth(share > 0 ? std::max(2, int(share * track.width())) : 0);
    const QColor color = toneColor(toneOf(share), palette);
    if (share < 1) {
        painter.fillRect(used, color);
        return;
    }
    QColor pale = color;
    pale.setAlphaF(0.5F);
    painter.fillRect(used, pale);
    painter.fillRect(used, QBrush(color, Qt::BDiagPattern));
}

/// Words at the end are short and kept whole; those at the start make room for them.
void paintLine(QPainter &painter, const QRect &line, const QString &start, const QString &end)
{
    const auto flags = int(Qt::AlignVCenter | Qt::TextSingleLine);
    painter.drawText(line, flags | Qt::AlignTrailing, end);
    const QFontMetrics metrics = painter.fontMetrics();
    const int taken = metrics.horizontalAdvance(end) + metrics.averageCharWidth() * 2;
    const int left = std::max(0, line.width() - taken);
    painter.drawText(
        line, flags | Qt::AlignLeading, metrics.elidedText(start, Qt::ElideMiddle, left));
}

} // namespace

MeterDelegate::MeterDelegate(Roles roles, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_roles(roles)
{ }

void MeterDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const QString name = item.text;
    item.text.clear();
    item.widget->style()->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
    const bool selected = item.state.testFlag(QStyle::State_Selected);
    const QRect area = item.rect.adjusted(padding, padding, -padding, -padding);
    const QRect line(area.left(), area.top(), area.width(), item.fontMetrics.height());
    const auto words = [&index](int role) { return index.data(role).toString(); };
    painter->save();
    const QColor text = item.palette.color(selected ? QPalette::HighlightedText : QPalette::Text);
    painter->setPen(text);
    paintLine(*painter, line, name, words(m_roles.firstEnd));
    painter->setPen(selected ? text : secondaryTextColor(item.palette));
    paintLine(
        *painter,
        line.translated(0, line.height()),
        words(m_roles.second),
        words(m_roles.secondEnd));
    if (const QVariant share = index.data(m_roles.share); share.isValid()) {
        const QRect track(
            area.left(), line.bottom() + line.height() + barGap, area.width(), barHeight);
        if (selected) {
            // On the highlight none of the tones could be relied on to be seen.
            painter->fillRect(track, item.palette.color(QPalette::Base));
        }
        paintBar(*painter, track, share.toDouble(), item.palette);
    }
    painter->restore();
}

QSize MeterDelegate::sizeHint(
    const QStyleOptionViewItem &option, const QModelIndex & /*index*/) const
{
    return {0, 2 * option.fontMetrics.height() + barGap + barHeight + 2 * padding};
}

} // namespace freerelay::ui
