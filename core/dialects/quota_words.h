#pragma once

#include "core/catalog/quota_fact.h"
#include "core/dialects/error_body.h"

#include <vector>

namespace freerelay::dialects {

/// What the words of a 429 say about the provider's windows: which one is used up, its limit, how
/// much is used. Empty when they name none. Pure; any thread.
///
/// Known forms (facts of resources/catalog/providers.yaml): Google's QuotaFailure violations;
/// "on tokens per minute (TPM): Limit 15000, Used 11972, Requested 4351" (Groq, OpenAI);
/// "free-models-per-day" (OpenRouter); "Rate limit of 50 per 86400s exceeded" (GitHub Models);
/// "limited to 1000 API calls / month" (Cohere); "daily free allocation of 10,000 neurons"
/// (Cloudflare).
[[nodiscard]] std::vector<catalog::QuotaFact> quotaFacts(const ErrorBody &body);

} // namespace freerelay::dialects
