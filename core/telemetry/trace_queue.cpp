#include "trace_queue.h"

#include <algorithm>
#include <iterator>

namespace freerelay::telemetry {

void TraceQueue::record(const std::shared_ptr<const relay::Outcome> &outcome)
{
    if (!outcome->trace.isRecorded()) {
        return;
    }
    const std::lock_guard lock(m_mutex);
    if (m_queue.size() >= maxWaiting) {
        ++m_dropped;
        return;
    }
    m_queue.push_back(outcome);
}

std::vector<std::shared_ptr<const relay::Outcome>> TraceQueue::take(std::size_t most)
{
    const std::lock_guard lock(m_mutex);
    const auto end = m_queue.begin() + static_cast<std::ptrdiff_t>(std::min(most, m_queue.size()));
    std::vector<std::shared_ptr<const relay::Outcome>> taken(
        std::make_move_iterator(m_queue.begin()), std::make_move_iterator(end));
    m_queue.erase(m_queue.begin(), end);
    return taken;
}

void TraceQueue::clear()
{
    const std::lock_guard lock(m_mutex);
    m_queue.clear();
}

std::size_t TraceQueue::waiting() const
{
    const std::lock_guard lock(m_mutex);
    return m_queue.size();
}

} // namespace freerelay::telemetry
