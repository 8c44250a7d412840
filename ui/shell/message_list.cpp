#include "message_list.h"

#include <QTimer>

#include <algorithm>
#include <utility>

namespace freerelay::ui {

namespace {

auto withId(int id)
{
    return [id](const MessageList::Entry &entry) { return entry.id == id; };
}

} // namespace

MessageList::MessageList(QObject *parent)
    : QObject(parent)
{ }

int MessageList::add(Message message)
{
    if (message.kind == MessageKind::Success && !message.lifetime) {
        message.lifetime = successLifetime;
    }
    const auto equal = std::find_if(m_entries.begin(), m_entries.end(), [&message](const Entry &e) {
        return e.message.kind == message.kind && e.message.text == message.text;
    });
    const auto lifetime = message.lifetime;
    if (equal != m_entries.end()) {
        // A new id: the timer of the first appearance must not take away the second.
        equal->id = m_nextId++;
        ++equal->count;
        equal->message = std::move(message);
        startLifetime(equal->id, lifetime);
        Q_EMIT changed();
        return m_nextId - 1;
    }
    makeRoom();
    const int id = m_nextId++;
    m_entries.push_back({id, 1, std::move(message)});
    startLifetime(id, lifetime);
    Q_EMIT changed();
    return id;
}

int MessageList::addError(const common::Error &error)
{
    return add({MessageKind::Error, error.message, error.detail});
}

void MessageList::dismiss(int id)
{
    if (std::erase_if(m_entries, withId(id)) > 0) {
        Q_EMIT changed();
    }
}

void MessageList::trigger(int id)
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(), withId(id));
    if (found == m_entries.end()) {
        return;
    }
    const std::function<void()> action = found->message.action;
    dismiss(id);
    if (action) {
        action();
    }
}

void MessageList::makeRoom()
{
    if (m_entries.size() < capacity) {
        return;
    }
    // What would leave by itself goes first, then the oldest.
    auto victim = std::find_if(m_entries.begin(), m_entries.end(), [](const Entry &entry) {
        return entry.message.kind == MessageKind::Success
            || entry.message.kind == MessageKind::Info;
    });
    m_entries.erase(victim == m_entries.end() ? m_entries.begin() : victim);
}

void MessageList::startLifetime(int id, std::optional<std::chrono::milliseconds> lifetime)
{
    if (lifetime) {
        QTimer::singleShot(*lifetime, this, [this, id] { dismiss(id); });
    }
}

} // namespace freerelay::ui
