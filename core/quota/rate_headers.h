#pragma once

#include "core/catalog/quota_fact.h"
#include "core/common/clock.h"
#include "core/common/http_headers.h"

#include <vector>

namespace freerelay::quota {

/// What a reply's headers say about the provider's windows, by the rules of its QuotaRules::headers
/// or, without such, by the names that most providers use. A header that is missing, or that says
/// "unlimited" or a negative number (Azure: unknown), says nothing: never that nothing is left.
/// Pure; any thread.
///
/// A window without a period, or whose reset is far behind its period, has the one that its reset
/// fits in: so a free OpenAI account's "requests" become those of a day.
[[nodiscard]] std::vector<catalog::QuotaFact> readRateHeaders(
    const catalog::QuotaRules &rules, const common::HeaderList &headers, common::WallTime wallNow);

} // namespace freerelay::quota
