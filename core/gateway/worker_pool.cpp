#include "worker_pool.h"

#include "core/gateway/worker.h"

#include <algorithm>
#include <memory>

namespace freerelay::gateway {

void WorkerPool::join(Worker &worker)
{
    const std::lock_guard lock(m_mutex);
    m_entries.push_back({&worker});
}

void WorkerPool::leave(const Worker &worker)
{
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_entries, [&worker](const Entry &entry) { return entry.worker == &worker; });
}

std::optional<UniqueFd> WorkerPool::assign(UniqueFd socket, Worker &acceptor)
{
    const std::lock_guard lock(m_mutex);
    const auto before = [&acceptor](const Entry &a, const Entry &b) {
        return a.connections != b.connections ? a.connections < b.connections
                                              : a.worker == &acceptor && b.worker != &acceptor;
    };
    const auto least = std::min_element(m_entries.begin(), m_entries.end(), before);
    if (least == m_entries.end()) {
        return socket;
    }
    ++least->connections;
    if (least->worker == &acceptor) {
        return socket;
    }
    QMetaObject::invokeMethod(
        least->worker,
        [worker = least->worker, held = std::make_shared<UniqueFd>(std::move(socket))] {
            worker->adopt(std::move(*held));
        },
        Qt::QueuedConnection);
    return std::nullopt;
}

void WorkerPool::release(const Worker &worker)
{
    const std::lock_guard lock(m_mutex);
    for (Entry &entry : m_entries) {
        entry.connections -= entry.worker == &worker ? 1 : 0;
    }
}

} // namespace freerelay::gateway
