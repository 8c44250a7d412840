#pragma once

#include "core/health/call_mark.h"

#include <algorithm>
#include <cstddef>
#include <deque>

namespace freerelay::health {

/// The last calls: at most so many, and none that is older than so long. Each one leaves when it is
/// that old itself: the window slides, and never starts anew. Value; one thread at a time.
class SlidingWindow
{
public:
    SlidingWindow(std::size_t size, common::Duration length)
        : m_size(size)
        , m_length(length)
    { }

    /// Marks come in the order of their time.
    void add(const CallMark &mark);
    /// Forgets what is too old at `now`.
    void advance(common::SteadyTime now);
    void clear() { m_marks.clear(); }
    template <typename Predicate> void forget(Predicate isMeant)
    {
        m_marks.erase(std::remove_if(m_marks.begin(), m_marks.end(), isMeant), m_marks.end());
    }

    [[nodiscard]] const std::deque<CallMark> &marks() const { return m_marks; }
    [[nodiscard]] int calls() const { return static_cast<int>(m_marks.size()); }
    [[nodiscard]] int failures() const;
    [[nodiscard]] int slowCalls() const;
    /// How many different sources failed.
    [[nodiscard]] int failingSources() const;
    /// 0 when there is no call.
    [[nodiscard]] double failureRate() const;
    [[nodiscard]] double slowRate() const;

private:
    std::size_t m_size;
    common::Duration m_length;
    std::deque<CallMark> m_marks; ///< oldest first
};

} // namespace freerelay::health
