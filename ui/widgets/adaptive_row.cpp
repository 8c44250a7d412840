#include "adaptive_row.h"

#include "ui/widgets/typography.h"

#include <QBoxLayout>

#include <algorithm>

namespace freerelay::ui {

AdaptiveRow::AdaptiveRow(int chars, int spacing, QWidget *parent)
    : QWidget(parent)
    , m_chars(chars)
    , m_layout(new QBoxLayout(QBoxLayout::TopToBottom, this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(spacing);
}

void AdaptiveRow::add(QWidget *widget, int stretch)
{
    m_layout->addWidget(widget, stretch);
}

bool AdaptiveRow::isRow() const
{
    return m_layout->direction() == QBoxLayout::LeftToRight;
}

QSize AdaptiveRow::minimumSizeHint() const
{
    int width = 0;
    for (int i = 0; i < m_layout->count(); ++i) {
        width = std::max(width, m_layout->itemAt(i)->minimumSize().width());
    }
    return {width, m_layout->minimumSize().height()};
}

void AdaptiveRow::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const int spacing = m_layout->spacing() * (m_layout->count() - 1);
    int contents = 0;
    for (int i = 0; i < m_layout->count(); ++i) {
        contents += m_layout->itemAt(i)->minimumSize().width();
    }
    const int needed = std::max(widthOfChars(this, m_chars) * m_layout->count(), contents)
        + spacing;
    const auto direction = width() >= needed ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom;
    if (direction != m_layout->direction()) {
        m_layout->setDirection(direction);
    }
}

} // namespace freerelay::ui
