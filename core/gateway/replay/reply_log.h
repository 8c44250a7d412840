#pragma once

#include "core/common/http_headers.h"

#include <QByteArray>
#include <QHash>
#include <QString>
#include <QTemporaryFile>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace freerelay::gateway {

/// What is kept with a reply by who has it kept. Never changed; any thread.
class ReplyNote
{
public:
    virtual ~ReplyNote() = default;
    /// About how much memory it takes.
    [[nodiscard]] virtual qint64 bytes() const = 0;
};

/// One reply while it is made and for some time after, for those who want to read it again: first
/// in memory, then in a file of the owner's alone. One thread writes, any thread reads.
class ReplyLog
{
public:
    /// Of the body in memory; what is longer goes to a file.
    static constexpr qint64 maxInMemory = 256 * 1024;
    /// Of the body. What is longer is not kept at all.
    static constexpr qint64 maxBytes = 16 * 1024 * 1024;

    struct Head
    {
        int status = 0; ///< 0 = the reply has not begun
        common::HeaderList headers;
        bool stream = false;
    };
    struct Piece
    {
        QByteArray bytes;
        bool ended = false; ///< nothing follows these bytes
        bool complete = false; ///< with ended: the reply has its proper end
        bool lost = false; ///< it was too long, or could not be kept: nothing can be read
    };

    /// @param folder  where the file is made when it is needed; exists. "" = there is none, and
    ///                what is longer than maxInMemory is lost
    explicit ReplyLog(QString folder, std::shared_ptr<const ReplyNote> note = {})
        : m_folder(std::move(folder))
        , m_note(std::move(note))
    { }
    ReplyLog(const ReplyLog &) = delete;
    ReplyLog &operator=(const ReplyLog &) = delete;
    ~ReplyLog() = default;

    void begin(int status, const common::HeaderList &headers, bool stream);
    /// One more event of a stream, or a whole body.
    void append(const QByteArray &bytes);
    /// @param complete  false: it broke off
    void end(bool complete);

    [[nodiscard]] Head head() const;
    /// From byte `from` on; without bytes when there are none yet.
    [[nodiscard]] Piece read(qint64 from, qint64 most) const;
    /// Where event `number`, counted from 1, begins; the end for the one that comes next; nullopt
    /// when there is no such event.
    [[nodiscard]] std::optional<qint64> offsetOf(std::int64_t number) const;
    [[nodiscard]] bool isLost() const;
    [[nodiscard]] bool isEnded() const;
    [[nodiscard]] int readers() const;
    /// Null = none.
    [[nodiscard]] const std::shared_ptr<const ReplyNote> &note() const { return m_note; }

    /// Asks who makes the reply to leave it.
    void cancel() { m_cancelled = true; }
    [[nodiscard]] bool isCancelled() const { return m_cancelled; }

    /// Tells of news until it is destroyed.
    class Watch
    {
    public:
        Watch(std::shared_ptr<ReplyLog> log, const std::function<void()> &news);
        Watch(const Watch &) = delete;
        Watch &operator=(const Watch &) = delete;
        ~Watch();

    private:
        std::shared_ptr<ReplyLog> m_log;
        int m_id = 0;
    };

private:
    void store(const QByteArray &bytes);
    void tell() const;

    QString m_folder;
    std::shared_ptr<const ReplyNote> m_note;
    std::atomic_bool m_cancelled = false;
    mutable std::mutex m_mutex; ///< guards what follows
    Head m_head;
    QByteArray m_memory;
    mutable std::unique_ptr<QTemporaryFile> m_file; ///< all of the body, once there is one
    qint64 m_size = 0;
    std::vector<qint64> m_events; ///< where each begins
    bool m_ended = false;
    bool m_complete = false;
    bool m_lost = false;
    QHash<int, std::function<void()>> m_watches; ///< called with the mutex held: they only post
    int m_lastWatch = 0;
};

} // namespace freerelay::gateway
