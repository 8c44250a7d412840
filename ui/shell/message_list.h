#pragma once

#include "core/common/error.h"

#include <QObject>
#include <QString>

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace freerelay::ui {

enum class MessageKind { Error, Warning, Info, Success };

/// One sentence for the bar on top of the page, with at most one thing to do about it.
struct Message
{
    MessageKind kind = MessageKind::Info;
    QString text;
    QString details{}; ///< foldable, copyable; never a secret
    QString actionText{}; ///< empty: no button
    std::function<void()> action{};
    /// How long it stays; nullopt = until dismissed. Set for successes by MessageList::add().
    std::optional<std::chrono::milliseconds> lifetime{};
};

/// The messages that wait to be read: equal ones merge, at most three stay, successes leave by
/// themselves, errors never do. Main thread.
class MessageList final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MessageList)

public:
    static constexpr std::size_t capacity = 3;
    static constexpr std::chrono::milliseconds successLifetime{4000};

    struct Entry
    {
        int id = 0;
        int count = 1; ///< how often the same came
        Message message;
    };

    explicit MessageList(QObject *parent = nullptr);
    ~MessageList() override = default;

    /// @return an id for dismiss(); the id of the entry it was merged into when equal
    int add(Message message);
    /// An error as a message: its sentence, its detail folded away.
    int addError(const common::Error &error);
    void dismiss(int id);
    /// Runs the message's action and dismisses it.
    void trigger(int id);
    [[nodiscard]] const std::vector<Entry> &entries() const { return m_entries; }

Q_SIGNALS:
    void changed();

private:
    void makeRoom();
    void startLifetime(int id, std::optional<std::chrono::milliseconds> lifetime);

    std::vector<Entry> m_entries;
    int m_nextId = 1;
};

} // namespace freerelay::ui
