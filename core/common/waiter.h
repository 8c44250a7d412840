#pragma once

#include <coroutine>
#include <utility>

namespace freerelay::common {

/// A one-shot event that one coroutine waits for, on one thread.
///
/// An asynchronous operation owns a Waiter as a member and hands out wait(), which is trivially
/// copyable. (QCoro 0.8 copies what it awaits, and g++ 12 destroys non-trivial temporaries of a
/// co_await expression twice.) The operation must outlive the co_await.
class Waiter
{
public:
    struct View
    {
        Waiter *waiter;
        // The names are the language's.
        // NOLINTBEGIN(readability-identifier-naming)
        [[nodiscard]] bool await_ready() const noexcept { return waiter->m_fired; }
        void await_suspend(std::coroutine_handle<> handle) const noexcept
        {
            waiter->m_handle = handle;
        }
        void await_resume() const noexcept { waiter->m_fired = false; }
        // NOLINTEND(readability-identifier-naming)
    };

    Waiter() = default;
    ~Waiter() = default;
    Waiter(const Waiter &) = delete;
    Waiter &operator=(const Waiter &) = delete;

    [[nodiscard]] View wait() { return View{this}; }

    /// Resumes the waiting coroutine at once, in the caller's stack; remembered when nobody waits
    /// yet. The coroutine may destroy the owner, so the caller touches nothing afterwards.
    void fire()
    {
        m_fired = true;
        if (m_handle) {
            std::exchange(m_handle, nullptr).resume();
        }
    }

private:
    std::coroutine_handle<> m_handle{};
    bool m_fired = false;
};

} // namespace freerelay::common
