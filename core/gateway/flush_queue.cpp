#include "flush_queue.h"

#include "core/gateway/connection_guard.h"

#include <QCoreApplication>
#include <QEvent>

#include <algorithm>

namespace freerelay::gateway {

void FlushQueue::schedule(ConnectionGuard *guard)
{
    m_waiting.push_back(guard);
    if (!m_posted) {
        m_posted = true;
        QCoreApplication::postEvent(this, new QEvent(QEvent::UpdateRequest));
    }
}

void FlushQueue::remove(ConnectionGuard *guard)
{
    std::erase(m_waiting, guard);
    std::replace(
        m_current.begin(), m_current.end(), guard, static_cast<ConnectionGuard *>(nullptr));
}

bool FlushQueue::event(QEvent *event)
{
    if (event->type() != QEvent::UpdateRequest) {
        return QObject::event(event);
    }
    m_posted = false;
    m_current.swap(m_waiting);
    // By index: a handler may remove entries while it runs.
    for (std::size_t i = 0; i < m_current.size(); ++i) {
        if (m_current[i]) {
            m_current[i]->flushScheduled();
        }
    }
    m_current.clear();
    return true;
}

} // namespace freerelay::gateway
