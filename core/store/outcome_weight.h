#pragma once

#include "core/relay/records.h"

#include <cstddef>

namespace freerelay::store {

/// What an outcome holds in memory, roughly: a decision's candidates weigh the most.
[[nodiscard]] inline std::size_t weightOf(const relay::Outcome &outcome)
{
    constexpr std::size_t perCandidate = 96;
    const std::size_t candidates = outcome.decision && outcome.decision->candidates
        ? outcome.decision->candidates->size()
        : 0;
    return sizeof(relay::Outcome) + outcome.attempts.size() * sizeof(relay::AttemptRecord)
        + candidates * perCandidate;
}

} // namespace freerelay::store
