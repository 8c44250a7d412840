#include "state_label.h"

#include "ui/theme/icons.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

StateLabel::StateLabel(QWidget *parent)
    : QWidget(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addWidget(m_text, 1);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setAlignment(Qt::AlignLeading | Qt::AlignTop);
    m_icon->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_text->setObjectName(u"stateText"_s);
}

void StateLabel::setState(const QString &iconName, Tone tone, const QString &text)
{
    if (iconName == m_iconName && tone == m_tone && text == m_text->text()) {
        return;
    }
    m_iconName = iconName;
    m_tone = tone;
    m_text->setText(text);
    setAccessibleName(text);
    render();
}

QString StateLabel::text() const
{
    return m_text->text();
}

void StateLabel::setIconSide(int pixels)
{
    m_side = pixels;
    render();
}

void StateLabel::setSingleLine()
{
    m_text->setWordWrap(false);
}

void StateLabel::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange) {
        render();
    }
    QWidget::changeEvent(event);
}

void StateLabel::render()
{
    // The first line of the text and the icon share their middle.
    const int gap = (m_side - m_text->fontMetrics().height()) / 2;
    m_text->setContentsMargins(0, qMax(0, gap), 0, 0);
    m_icon->setContentsMargins(0, qMax(0, -gap), 0, 0);
    if (!m_iconName.isEmpty()) {
        m_icon->setPixmap(
            lineIcon(m_iconName, m_tone).pixmap(QSize(m_side, m_side), devicePixelRatioF()));
    }
}

} // namespace freerelay::ui
