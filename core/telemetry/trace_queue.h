#pragma once

#include "core/relay/records.h"

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace freerelay::telemetry {

/// Requests whose spans wait to be exported. Any thread; recording costs a short mutex, and nothing
/// for a request that is not traced. When it is full, new ones are dropped and counted.
class TraceQueue final : public relay::OutcomeSink
{
public:
    static constexpr std::size_t maxWaiting = 2'048;

    void record(const std::shared_ptr<const relay::Outcome> &outcome) override;

    /// The oldest ones, at most `most`.
    [[nodiscard]] std::vector<std::shared_ptr<const relay::Outcome>> take(std::size_t most);
    /// Drops all that wait, without counting them: nobody wants them any more.
    void clear();
    /// Counts requests that were taken and could not be exported.
    void addDropped(std::uint64_t count) { m_dropped += count; }

    [[nodiscard]] std::size_t waiting() const;
    [[nodiscard]] std::uint64_t dropped() const { return m_dropped; }

private:
    mutable std::mutex m_mutex;
    std::deque<std::shared_ptr<const relay::Outcome>> m_queue;
    std::atomic<std::uint64_t> m_dropped{0};
};

} // namespace freerelay::telemetry
