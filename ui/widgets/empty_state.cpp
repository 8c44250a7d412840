#include "empty_state.h"

#include "ui/theme/icons.h"
#include "ui/widgets/typography.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

EmptyState::EmptyState(const QString &iconName, QWidget *parent)
    : QWidget(parent)
    , m_iconName(iconName)
    , m_icon(new QLabel(this))
    , m_title(new QLabel(this))
    , m_explanation(new QLabel(this))
    , m_button(new QPushButton(this))
{
    auto *column = new QVBoxLayout(this);
    column->addStretch(2);
    m_icon->setAlignment(Qt::AlignHCenter);
    column->addWidget(m_icon);
    makeHeading(m_title, HeadingLevel::Section);
    m_title->setObjectName(u"emptyTitle"_s);
    m_title->setAlignment(Qt::AlignHCenter);
    column->addWidget(m_title);
    m_explanation->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_explanation->setWordWrap(true);
    constexpr int readableWidth = 460;
    constexpr int readableWeight = 20;
    m_explanation->setMaximumWidth(readableWidth);
    auto *row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(m_explanation, readableWeight);
    row->addStretch(1);
    column->addLayout(row);
    constexpr int gap = 8;
    column->addSpacing(gap);
    column->addWidget(m_button, 0, Qt::AlignHCenter);
    column->addStretch(3);
    render();
}

void EmptyState::setTexts(
    const QString &title, const QString &explanation, const QString &buttonText)
{
    m_title->setText(title);
    m_explanation->setText(explanation);
    m_button->setText(buttonText);
    m_button->setVisible(!buttonText.isEmpty());
}

void EmptyState::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange) {
        render();
    }
    QWidget::changeEvent(event);
}

void EmptyState::render()
{
    constexpr int side = 48;
    m_icon->setPixmap(
        lineIcon(m_iconName, Tone::Neutral).pixmap(QSize(side, side), devicePixelRatioF()));
}

} // namespace freerelay::ui
