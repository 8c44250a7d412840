#pragma once

#include "core/catalog/quota_fact.h"
#include "core/catalog/reset_time.h"
#include "core/catalog/types.h"
#include "core/common/clock.h"
#include "core/common/error.h"
#include "core/common/http_headers.h"

#include <QByteArray>
#include <QByteArrayView>

#include <chrono>
#include <optional>
#include <vector>

namespace freerelay::dialects {

/// What a failed attempt means for the next step and for health.
enum class FailureClass {
    BadRequest, ///< the client's request is wrong (400/422 naming a field): final
    ContextTooLong, ///< too large for this model: a larger one may do
    KeyRejected, ///< 401, or 403 about the key: bench the key, tell the owner, not the client
    NoCredit, ///< 402, insufficient_quota: bench the key for the day
    Forbidden, ///< 403 tier, region, API disabled: bench key × model
    ModelGone, ///< 404/410: bench the model at this provider
    RateLimited, ///< 429 by a window
    Overloaded, ///< 5xx, 529, degraded function
    Timeout, ///< 408, 504, or one of our limits
    Network, ///< no connection, reset, cut
    Malformed, ///< 2xx that is not a reply of its dialect (HTML, truncated JSON, empty)
    Cancelled, ///< the client left: nobody's fault
};

/// A failed attempt, classified.
struct ProviderFailure
{
    FailureClass kind = FailureClass::Overloaded;
    int status = 0; ///< upstream HTTP status; 0 = none was received
    QByteArray message{}; ///< the provider's own sentence, ≤ 1,000 bytes, without secrets
    QByteArray type{}; ///< the provider's word ("tokens", "RESOURCE_EXHAUSTED")
    QByteArray code{};
    QByteArray param{};
    /// Time until it is worth trying again, when the provider told one (header or body).
    std::optional<std::chrono::milliseconds> retryAfter{};
    bool daily = false; ///< a per-day window, whatever retryAfter says
    /// What the reply said about the provider's windows, in its body; with RateLimited.
    std::vector<catalog::QuotaFact> quota{};
    /// Headers that the body quotes (OpenRouter); names are lower case.
    common::HeaderList quotedHeaders{};
};

/// Classifies a non-2xx reply by status, headers and body. Never throws on any body (HTML, RFC
/// 7807, arrays, empty). Pure; any thread. Shapes: facts of resources/catalog/providers.yaml.
/// @param body  at most the first 64 KiB are looked at
/// @param wallNow  for absolute reset times
[[nodiscard]] ProviderFailure classifyFailure(
    const catalog::Provider &provider,
    int status,
    const common::HeaderList &headers,
    QByteArrayView body,
    common::WallTime wallNow);

using catalog::parseReset;

} // namespace freerelay::dialects
