#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace freerelay::common {

/// An immutable snapshot that one thread replaces and many threads read.
///
/// Writers call publish() from any thread. Each reading thread owns a Reader and calls current()
/// on it: that costs one relaxed-acquire load while nothing changed, and one short mutex when it
/// did. (std::atomic<std::shared_ptr> of g++ 12 is reported as a race by the thread sanitizer.)
template <typename T> class Published
{
public:
    explicit Published(std::shared_ptr<const T> initial)
        : m_value(std::move(initial))
    { }

    ~Published() = default;
    Published(const Published &) = delete;
    Published &operator=(const Published &) = delete;

    void publish(std::shared_ptr<const T> next)
    {
        const std::lock_guard lock(m_mutex);
        m_value.swap(next);
        m_version.fetch_add(1, std::memory_order_release);
    }

    /// A copy of the newest snapshot; takes the mutex.
    [[nodiscard]] std::shared_ptr<const T> load() const
    {
        const std::lock_guard lock(m_mutex);
        return m_value;
    }

    [[nodiscard]] std::uint64_t version() const
    {
        return m_version.load(std::memory_order_acquire);
    }

    /// One thread's view. Not to be shared between threads; must not outlive the Published.
    class Reader
    {
    public:
        explicit Reader(const Published &source)
            : m_source(&source)
        { }

        /// The newest snapshot, fetched again only when a newer one was published.
        [[nodiscard]] const std::shared_ptr<const T> &current()
        {
            const std::uint64_t version = m_source->version();
            if (!m_value || version != m_seen) {
                m_value = m_source->load();
                m_seen = version;
            }
            return m_value;
        }

    private:
        const Published *m_source;
        std::shared_ptr<const T> m_value;
        std::uint64_t m_seen = 0;
    };

private:
    mutable std::mutex m_mutex;
    std::shared_ptr<const T> m_value;
    std::atomic<std::uint64_t> m_version{1};
};

} // namespace freerelay::common
