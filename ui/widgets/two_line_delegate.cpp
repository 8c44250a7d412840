#include "two_line_delegate.h"

#include "ui/theme/tones.h"

#include <QApplication>
#include <QPainter>

namespace freerelay::ui {

namespace {

constexpr int padding = 8;
constexpr int iconSide = 18;

} // namespace

TwoLineDelegate::TwoLineDelegate(int secondLineRole, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_secondLineRole(secondLineRole)
{ }

void TwoLineDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const QIcon icon = item.icon;
    const QString name = item.text;
    item.icon = {};
    item.text.clear();
    const QStyle *style = item.widget != nullptr ? item.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);

    const bool selected = item.state.testFlag(QStyle::State_Selected);
    const int line = item.fontMetrics.height();
    QRect area = item.rect.adjusted(padding, padding, -padding, -padding);
    const QRect iconArea = QStyle::alignedRect(
        item.direction, Qt::AlignLeft | Qt::AlignTop, QSize(iconSide, line), area);
    icon.paint(painter, iconArea, Qt::AlignCenter, selected ? QIcon::Selected : QIcon::Normal);
    if (item.direction == Qt::RightToLeft) {
        area.setRight(area.right() - iconSide - padding);
    } else {
        area.setLeft(area.left() + iconSide + padding);
    }
    painter->save();
    const QColor text = item.palette.color(selected ? QPalette::HighlightedText : QPalette::Text);
    painter->setPen(text);
    const auto flags = int(Qt::AlignLeading | Qt::AlignVCenter | Qt::TextSingleLine);
    const QRect first(area.left(), area.top(), area.width(), line);
    painter->drawText(
        first, flags, item.fontMetrics.elidedText(name, Qt::ElideRight, area.width()));
    painter->setPen(selected ? text : secondaryTextColor(item.palette));
    const QString second = index.data(m_secondLineRole).toString();
    painter->drawText(
        first.translated(0, line),
        flags,
        item.fontMetrics.elidedText(second, Qt::ElideRight, area.width()));
    painter->restore();
}

QSize TwoLineDelegate::sizeHint(
    const QStyleOptionViewItem &option, const QModelIndex & /*index*/) const
{
    return {0, 2 * option.fontMetrics.height() + 2 * padding};
}

} // namespace freerelay::ui
