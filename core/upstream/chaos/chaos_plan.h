#pragma once

#include "core/upstream/chaos/chaos_rules.h"

namespace freerelay::upstream {

/// A fault that meets a call.
struct PlannedFault
{
    Fault fault = Fault::Latency;
    std::uint64_t draw = 0; ///< for what else there is to choose: how late, where in the answer

    bool operator==(const PlannedFault &) const = default;
};

/// What happens to call number `call` at a provider. Depends on nothing else, so that the same
/// rules play the same faults again, whatever other providers are asked and on which threads.
///
/// The numbers of a rule are SplitMix64's of its seed, fault, provider and the call's number
/// (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014), the words
/// hashed with FNV-1a. Pure; any thread.
/// @param call  0, 1, … in the order in which the provider is called
[[nodiscard]] std::optional<PlannedFault>
plannedFault(const std::vector<ChaosRule> &rules, QByteArrayView provider, std::uint64_t call);

} // namespace freerelay::upstream
