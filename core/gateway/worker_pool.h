#pragma once

#include "core/gateway/unique_fd.h"

#include <mutex>
#include <optional>
#include <vector>

namespace freerelay::gateway {

class Worker;

/// Who takes the next connection.
///
/// The kernel wakes whoever is quick to accept, and one worker often takes a whole burst: so an
/// accepted connection goes to the worker that has fewest. Any thread.
class WorkerPool
{
public:
    void join(Worker &worker);
    /// `worker` gets nothing more; call before it goes.
    void leave(const Worker &worker);

    /// Counts the connection for the worker with the fewest, `acceptor` if it is one of them.
    /// @return the socket when `acceptor` shall keep it; else it was handed to the other's thread
    [[nodiscard]] std::optional<UniqueFd> assign(UniqueFd socket, Worker &acceptor);
    /// `worker` has one connection less.
    void release(const Worker &worker);

private:
    struct Entry
    {
        Worker *worker;
        int connections = 0;
    };

    std::mutex m_mutex; ///< held while a socket is posted, so that nobody leaves meanwhile
    std::vector<Entry> m_entries;
};

} // namespace freerelay::gateway
