#pragma once

#include <functional>

namespace freerelay::common {

/// Work that is put off to the end of the current turn of the thread's event loop, and then done
/// once however often it was asked for.
///
/// A queued call does the same, but wakes the loop through its eventfd: a write, a read and a turn
/// more for each (4 µs of a relayed request's 80, measured). This runs when the loop is about to
/// wait, so nothing needs waking. For threads with a Qt event dispatcher; belongs to one thread.
class Deferred
{
public:
    /// @param work  called from the event loop; may schedule again, must not destroy this object
    explicit Deferred(std::function<void()> work);
    /// What was scheduled is not done any more.
    ~Deferred();
    Deferred(const Deferred &) = delete;
    Deferred &operator=(const Deferred &) = delete;

    void schedule();

private:
    friend class TurnEnd;

    std::function<void()> m_work;
    bool m_scheduled = false;
};

} // namespace freerelay::common
