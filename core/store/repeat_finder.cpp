#include "repeat_finder.h"

#include "core/store/record_columns.h"

namespace freerelay::store {

std::optional<RepeatFinder::Seen> RepeatFinder::Memory::exchange(
    std::uint64_t digest, Seen now, std::int64_t startUs, std::chrono::microseconds window)
{
    std::optional<Seen> before;
    const auto found = m_seen.find(digest);
    if (found != m_seen.end()) {
        const std::int64_t pause = startUs - found->endUs;
        if (pause >= 0 && pause <= window.count()) {
            before = *found;
            now.inARow = before->inARow + 1;
        }
        *found = now;
    } else {
        m_seen.insert(digest, now);
    }
    m_order.push_back({digest, now.row});
    forgetOldest();
    return before;
}

void RepeatFinder::Memory::forgetOldest()
{
    while (m_order.size() > maxRemembered) {
        const Entry oldest = m_order.front();
        m_order.pop_front();
        const auto found = m_seen.constFind(oldest.digest);
        // Else it has come again since, and that is further back in the queue.
        if (found != m_seen.constEnd() && found->row == oldest.row) {
            m_seen.erase(found);
        }
    }
}

void RepeatFinder::Memory::clear()
{
    m_seen.clear();
    m_order.clear();
}

std::optional<Repeat> RepeatFinder::add(const relay::Outcome &outcome, std::int64_t row)
{
    if (outcome.digests.request == 0) {
        return std::nullopt;
    }
    const std::int64_t startUs = microseconds(outcome.time);
    const Seen now{row, startUs + outcome.duration.count(), 0};
    const auto same = m_requests.exchange(outcome.digests.request, now, startUs, retryWindow);
    const auto prompt = m_prompts.exchange(
        outcome.digests.prompt, now, startUs, regenerationWindow);
    if (same && same->inARow < maxInARow) {
        return Repeat{Repeat::Kind::Retried, same->row};
    }
    if (!same && prompt && prompt->inARow < maxInARow) {
        return Repeat{Repeat::Kind::Regenerated, prompt->row};
    }
    return std::nullopt;
}

void RepeatFinder::clear()
{
    m_requests.clear();
    m_prompts.clear();
}

} // namespace freerelay::store
