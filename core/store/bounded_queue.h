#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace freerelay::store {

/// What a queue may hold.
struct QueueLimits
{
    std::size_t items = 8'192;
    std::size_t bytes = 16UL * 1024 * 1024; ///< as the pushers estimate them
    /// So many end the gathering of a batch early.
    std::size_t batch = 512;
};

/// Many threads push, one takes. Pushing never waits: what finds the queue full is dropped and
/// counted. Qt-free; any thread.
template <typename T> class BoundedQueue
{
public:
    explicit BoundedQueue(QueueLimits limits)
        : m_limits(limits)
    { }

    /// @return false when it was dropped: the queue is full or closed
    bool push(T item, std::size_t bytes)
    {
        bool wake = false;
        {
            const std::lock_guard lock(m_mutex);
            if (m_closed || m_items.size() >= m_limits.items || m_bytes + bytes > m_limits.bytes) {
                m_dropped.fetch_add(1, std::memory_order_relaxed);
                return false;
            }
            m_items.push_back(std::move(item));
            m_bytes += bytes;
            // One for the sleeper, one to end its gathering: not one for each item.
            wake = m_items.size() == 1 || m_items.size() == m_limits.batch;
        }
        if (wake) {
            m_changed.notify_one();
        }
        return true;
    }

    /// Waits up to `idle` for a first item, then up to `gather` for more; takes all there are.
    /// Empty after `idle` without one, after wake(), or when the queue was closed.
    [[nodiscard]] std::vector<T>
    take(std::chrono::milliseconds idle, std::chrono::milliseconds gather)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, idle, [this] { return m_closed || m_woken || !m_items.empty(); });
        m_woken = false;
        if (!m_items.empty()) {
            m_changed.wait_for(
                lock, gather, [this] { return m_closed || m_items.size() >= m_limits.batch; });
        }
        std::vector<T> taken;
        taken.swap(m_items);
        m_bytes = 0;
        return taken;
    }

    /// Waits; close() ends it early, once.
    void pause(std::chrono::milliseconds time)
    {
        std::unique_lock lock(m_mutex);
        if (!m_closed) {
            m_changed.wait_for(lock, time, [this] { return m_closed; });
        } else {
            m_changed.wait_for(lock, time);
        }
    }

    /// Ends the wait for a first item, the present one or else the next: there is something else
    /// to do.
    void wake()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_woken = true;
        }
        m_changed.notify_one();
    }

    /// Nothing is accepted any more; what is there can still be taken.
    void close()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_closed = true;
        }
        m_changed.notify_all();
    }

    [[nodiscard]] bool isClosed() const
    {
        const std::lock_guard lock(m_mutex);
        return m_closed;
    }
    [[nodiscard]] std::size_t depth() const
    {
        const std::lock_guard lock(m_mutex);
        return m_items.size();
    }
    [[nodiscard]] std::uint64_t dropped() const
    {
        return m_dropped.load(std::memory_order_relaxed);
    }

private:
    const QueueLimits m_limits;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<T> m_items;
    std::size_t m_bytes = 0;
    bool m_closed = false;
    bool m_woken = false;
    std::atomic<std::uint64_t> m_dropped{0};
};

} // namespace freerelay::store
