#pragma once

#include "core/common/clock.h"
#include "core/gateway/replay/reply_log.h"

#include <QByteArray>
#include <QHash>
#include <QString>
#include <QTimer>

#include <chrono>
#include <memory>
#include <mutex>

namespace freerelay::gateway {

/// The replies that may be read again, by the id of their request, and the idempotency keys under
/// which they were asked for. In memory, of this run only; any thread. What is over is forgotten
/// also while nobody asks: a timer of the thread that made this object runs as long as there is
/// anything.
class ReplyLogs
{
public:
    /// The oldest that has ended gives way; when none has, no further one is kept.
    static constexpr int maxLogs = 256;
    /// Of all notes; the oldest that has ended gives way likewise.
    static constexpr qint64 maxNoteBytes = 64 * 1024 * 1024;
    static constexpr std::chrono::seconds usualPace{30}; ///< of looking for what is over

    /// Which reply, and whose.
    struct Id
    {
        QByteArray requestId;
        QByteArray app{}; ///< id of the app whose key was sent; "" = none. Nobody else finds it
    };
    /// Of one idempotency key: the client's own name for a request.
    struct Key
    {
        QByteArray hash; ///< of key and client; see keyOf()
        QByteArray bodyHash; ///< of what was asked under it
    };
    enum class Claim : std::uint8_t {
        New, ///< nobody has asked: the caller does, and writes the log
        Known, ///< the log has the reply, or will have it
        Mismatch, ///< something else was asked under the same key; there is no log
        NoRoom, ///< too many replies are being made; there is no log
    };
    struct Claimed
    {
        Claim claim = Claim::NoRoom;
        std::shared_ptr<ReplyLog> log;
    };

    /// @param folder  for long replies; made when missing, and emptied: it is ours alone
    ReplyLogs(
        QString folder, const common::Clock &clock, std::chrono::milliseconds pace = usualPace);
    ReplyLogs(const ReplyLogs &) = delete;
    ReplyLogs &operator=(const ReplyLogs &) = delete;
    ~ReplyLogs() = default;

    /// A log for a reply that is about to be made; null when too many are being made.
    /// @param keep  how long after its end
    /// @param note  kept with it; null = none
    [[nodiscard]] std::shared_ptr<ReplyLog>
    add(const Id &id, common::Duration keep, std::shared_ptr<const ReplyNote> note = {});
    /// Null when there is none, or it is another's.
    [[nodiscard]] std::shared_ptr<ReplyLog> find(const Id &id);
    /// Forgets it, whoever asks. Who reads it reads on.
    void remove(const QByteArray &requestId);

    /// Finds what was asked under the key, or makes a log for it as add() does.
    [[nodiscard]] Claimed claim(const Key &key, const Id &id, common::Duration keep);
    /// It failed: the next one with the key is a request of its own.
    void release(const QByteArray &keyHash);

    /// Forgets what is over. The timer does it. @return whether anything is left
    bool sweep();

private:
    struct Entry
    {
        QByteArray app; ///< see Id
        std::shared_ptr<ReplyLog> log;
        common::Duration keep;
        common::SteadyTime addedAt;
        common::SteadyTime endSeenAt; ///< the epoch = it has not ended
    };
    struct KeyEntry
    {
        QByteArray bodyHash;
        QByteArray requestId;
    };

    [[nodiscard]] std::shared_ptr<ReplyLog>
    make(const Id &id, common::Duration keep, std::shared_ptr<const ReplyNote> note = {});
    void expire();
    [[nodiscard]] bool makeRoom(qint64 noteBytes);
    [[nodiscard]] qint64 noteBytes() const;

    QString m_folder;
    const common::Clock &m_clock;
    std::mutex m_mutex; ///< guards the two below
    QHash<QByteArray, Entry> m_logs; ///< by request id
    QHash<QByteArray, KeyEntry> m_keys; ///< by hash
    QTimer m_timer;
};

} // namespace freerelay::gateway
