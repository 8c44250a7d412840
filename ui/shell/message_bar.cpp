#include "message_bar.h"

#include "ui/theme/icons.h"
#include "ui/widgets/copy_button.h"
#include "ui/widgets/tab_order.h"
#include "ui/widgets/typography.h"

#include <QAccessible>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QString iconNameOf(MessageKind kind)
{
    switch (kind) {
    case MessageKind::Error:
        return u"state-bad"_s;
    case MessageKind::Warning:
        return u"state-warning"_s;
    case MessageKind::Info:
        return u"state-info"_s;
    case MessageKind::Success:
        return u"state-good"_s;
    }
    return {};
}

Tone toneOf(MessageKind kind)
{
    switch (kind) {
    case MessageKind::Error:
        return Tone::Bad;
    case MessageKind::Warning:
        return Tone::Warning;
    case MessageKind::Info:
        return Tone::Info;
    case MessageKind::Success:
        return Tone::Good;
    }
    return Tone::Neutral;
}

} // namespace

MessageBar::MessageBar(MessageList &messages, QWidget *parent)
    : QWidget(parent)
    , m_messages(messages)
    , m_layout(new QVBoxLayout(this))
{
    setObjectName(u"messageBar"_s);
    setAccessibleName(tr("Messages"));
    constexpr int side = 16;
    m_layout->setContentsMargins(side, side / 2, side, 0);
    m_layout->setSpacing(side / 4);
    connect(&m_messages, &MessageList::changed, this, &MessageBar::rebuild);
    rebuild();
}

void MessageBar::rebuild()
{
    while (const QLayoutItem *item = m_layout->itemAt(0)) {
        QWidget *widget = item->widget();
        m_layout->removeWidget(widget);
        // A button of the item may be the one that is being clicked right now.
        widget->hide();
        widget->setParent(nullptr);
        widget->deleteLater();
    }
    for (const MessageList::Entry &entry : m_messages.entries()) {
        m_layout->addWidget(createItem(entry));
    }
    placeInTabOrder(this);
    setVisible(!m_messages.entries().empty());
}

QWidget *MessageBar::createItem(const MessageList::Entry &entry)
{
    const Message &message = entry.message;
    auto *item = new QFrame(this);
    item->setObjectName(u"messageItem"_s);
    item->setFrameShape(QFrame::StyledPanel);
    item->setAutoFillBackground(true);
    item->setBackgroundRole(QPalette::Base);
    auto *column = new QVBoxLayout(item);
    column->setContentsMargins(10, 6, 6, 6);
    auto *row = new QHBoxLayout;
    column->addLayout(row);

    auto *icon = new QLabel(item);
    constexpr int iconSide = 20;
    icon->setPixmap(lineIcon(iconNameOf(message.kind), toneOf(message.kind))
                        .pixmap(QSize(iconSide, iconSide), devicePixelRatioF()));
    row->addWidget(icon);
    auto *text = new QLabel(item);
    text->setObjectName(u"messageText"_s);
    text->setTextFormat(Qt::PlainText);
    text->setText(
        entry.count > 1 ? tr("%1 (%2 times)").arg(message.text).arg(entry.count) : message.text);
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    row->addWidget(text, 1);

    const int id = entry.id;
    if (!message.details.isEmpty()) {
        QWidget *details = createDetails(entry, item);
        auto *toggle = new QPushButton(tr("Details"), item);
        toggle->setObjectName(u"messageDetailsButton"_s);
        toggle->setCheckable(true);
        connect(toggle, &QPushButton::toggled, details, &QWidget::setVisible);
        row->addWidget(toggle);
        column->addWidget(details);
    }
    if (!message.actionText.isEmpty()) {
        auto *action = new QPushButton(message.actionText, item);
        action->setObjectName(u"messageActionButton"_s);
        connect(action, &QPushButton::clicked, this, [this, id] { m_messages.trigger(id); });
        row->addWidget(action);
    }
    auto *close = new QToolButton(item);
    close->setObjectName(u"messageCloseButton"_s);
    close->setIcon(lineIcon(u"close"_s));
    close->setAutoRaise(true);
    close->setToolTip(tr("Dismiss this message"));
    close->setAccessibleName(tr("Dismiss: %1").arg(message.text));
    close->setFocusPolicy(Qt::StrongFocus);
    connect(close, &QToolButton::clicked, this, [this, id] { m_messages.dismiss(id); });
    row->addWidget(close);
    return item;
}

QWidget *MessageBar::createDetails(const MessageList::Entry &entry, QWidget *parent)
{
    auto *details = new QWidget(parent);
    auto *row = new QHBoxLayout(details);
    row->setContentsMargins(0, 0, 0, 0);
    auto *text = new QPlainTextEdit(entry.message.details, details);
    text->setObjectName(u"messageDetails"_s);
    text->setReadOnly(true);
    text->setTabChangesFocus(true);
    text->setAccessibleName(tr("Details of the message"));
    text->setFont(fixedFont(this));
    constexpr int lines = 5;
    text->setFixedHeight(text->fontMetrics().lineSpacing() * lines);
    row->addWidget(text);
    const QString copied = entry.message.details;
    auto *copy = new CopyButton([copied] { return copied; }, details);
    copy->setAccessibleName(tr("Copy the details"));
    row->addWidget(copy, 0, Qt::AlignTop);
    details->setVisible(false);
    return details;
}

} // namespace freerelay::ui
