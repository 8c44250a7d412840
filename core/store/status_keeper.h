#pragma once

#include "core/store/store_status.h"

#include <QString>

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>

class QLoggingCategory;

namespace freerelay::store {

/// What a thread that writes says of itself, for whoever asks: it counts, and it logs and tells
/// each change of state once. Any thread; one of them sets.
class StatusKeeper
{
public:
    /// Words of the log.
    struct Words
    {
        QString done; ///< with requests: "recorded", "audited"
        QString place; ///< where
    };

    /// @param category  outlives it
    /// @param changed   called by the setters, on their thread; empty = nobody wants to know
    StatusKeeper(const QLoggingCategory &category, Words words, std::function<void()> changed);
    StatusKeeper(const StatusKeeper &) = delete;
    StatusKeeper &operator=(const StatusKeeper &) = delete;
    ~StatusKeeper() = default;

    void setState(bool recording, const QString &problem);
    void setNotice(const QString &notice);
    /// It does not record any more, and nobody needs to be told: it was stopped.
    void end();

    void addWritten(std::size_t requests) { m_written.fetch_add(requests, relaxed); }
    /// Taken from the queue and never written.
    void addLost(std::size_t requests) { m_lost.fetch_add(requests, relaxed); }
    /// Taken from the queue, waiting for another try.
    void setPending(std::size_t requests) { m_pending.store(requests, relaxed); }
    [[nodiscard]] std::uint64_t lost() const { return m_lost.load(relaxed); }

    /// @param queue  a BoundedQueue: what it holds waits as well, what it dropped was lost as well
    template <typename Queue> [[nodiscard]] StoreStatus status(const Queue &queue) const
    {
        StoreStatus status = state();
        status.written = m_written.load(relaxed);
        status.dropped = queue.dropped() + lost();
        status.queued = queue.depth() + m_pending.load(relaxed);
        return status;
    }

private:
    static constexpr auto relaxed = std::memory_order_relaxed;

    [[nodiscard]] StoreStatus state() const;

    const QLoggingCategory &m_category;
    const Words m_words;
    const std::function<void()> m_changed;
    std::atomic<std::uint64_t> m_written{0};
    std::atomic<std::uint64_t> m_lost{0};
    std::atomic<std::uint64_t> m_pending{0};
    mutable std::mutex m_mutex;
    StoreStatus m_state; ///< without the counts
};

} // namespace freerelay::store
