#pragma once

#include "ui/shell/message_list.h"

#include <QWidget>

class QVBoxLayout;

namespace freerelay::ui {

/// Shows a MessageList above the page. Takes no room while there is nothing to say.
class MessageBar final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MessageBar)

public:
    explicit MessageBar(MessageList &messages, QWidget *parent = nullptr);
    ~MessageBar() override = default;

private:
    void rebuild();
    [[nodiscard]] QWidget *createItem(const MessageList::Entry &entry);
    [[nodiscard]] QWidget *createDetails(const MessageList::Entry &entry, QWidget *parent);

    MessageList &m_messages;
    QVBoxLayout *m_layout = nullptr;
};

} // namespace freerelay::ui
