#pragma once

#include "core/catalog/types.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace freerelay::catalog {

/// What a provider said about one of its windows, in headers or in an error; nullopt = not said.
struct QuotaFact
{
    QuotaUnit unit = QuotaUnit::Requests;
    std::optional<QuotaPeriod> period{};
    std::optional<std::int64_t> limit{};
    std::optional<std::int64_t> used{};
    std::optional<std::int64_t> remaining{};
    std::optional<std::chrono::milliseconds> reset{}; ///< until the window is full again

    bool operator==(const QuotaFact &) const = default;
};

} // namespace freerelay::catalog
