#pragma once

#include "core/common/clock.h"
#include "core/relay/records.h"

#include <QHash>

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace freerelay::store {

/// An earlier request that a client has sent again.
struct Repeat
{
    enum class Kind : std::uint8_t {
        Retried, ///< the identical request
        Regenerated, ///< the same prompt, but not the identical request so soon
    };

    Kind kind = Kind::Retried;
    std::int64_t earlier = 0; ///< its row
};

/// Finds requests that repeat an earlier one of the same client: what the client made of the
/// answer. One thread.
///
/// The time counts from the end of the earlier request to the beginning of the later one; two at
/// the same time are no repeat. A client that goes on and on (a load test, a health check) is
/// nobody who was unhappy with an answer: after maxInARow repeats no more are told of that text.
class RepeatFinder
{
public:
    /// The specification's windows (OutcomeRecord, client_retried and client_regenerated).
    static constexpr std::chrono::seconds retryWindow{30};
    static constexpr std::chrono::seconds regenerationWindow{120};
    static constexpr int maxInARow = 8;
    /// Texts that are remembered, of each kind; beyond, the oldest are forgotten.
    static constexpr std::size_t maxRemembered = 4'096;

    /// Remembers the request, which was stored as `row`.
    [[nodiscard]] std::optional<Repeat> add(const relay::Outcome &outcome, std::int64_t row);
    void clear();

private:
    struct Seen
    {
        std::int64_t row = 0;
        std::int64_t endUs = 0;
        int inARow = 0; ///< repeats up to this one
    };

    /// The last request of each digest.
    class Memory
    {
    public:
        /// @return the one before, if it ended at most `window` before `startUs`
        std::optional<Seen> exchange(
            std::uint64_t digest, Seen now, std::int64_t startUs, std::chrono::microseconds window);
        void clear();

    private:
        void forgetOldest();

        struct Entry
        {
            std::uint64_t digest = 0;
            std::int64_t row = 0;
        };
        QHash<std::uint64_t, Seen> m_seen;
        std::deque<Entry> m_order; ///< one for each exchange, the oldest first
    };

    Memory m_requests;
    Memory m_prompts;
};

} // namespace freerelay::store
