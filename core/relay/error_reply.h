#pragma once

#include "core/common/error.h"
#include "core/common/http_headers.h"
#include "core/dialects/provider_error.h"

#include <QByteArray>

#include <chrono>
#include <optional>
#include <vector>

namespace freerelay::relay {

/// Why one model could not answer, for the client that is told so.
struct CandidateReason
{
    /// More would not help anybody who reads them.
    static constexpr std::size_t maxListed = 20;

    QByteArray model; ///< full id
    QByteArray reason; ///< "rate_limited"
    std::optional<std::chrono::milliseconds> retryAfter; ///< nullopt = not known
};

/// A failure as the client will see it: status and OpenAI's four fields.
struct ClientError
{
    int status = 500;
    QByteArray message;
    QByteArray type;
    QByteArray param;
    QByteArray code;
    std::optional<std::chrono::milliseconds> retryAfter;
    std::vector<CandidateReason> candidates{}; ///< in the body as "candidates" when there are any

    [[nodiscard]] QByteArray body() const;
    /// One of a dozen fixed words for records and metrics ("rate_limited"); shares static memory.
    [[nodiscard]] QByteArray errorClass() const;
    /// content-type, and retry-after in whole seconds (rounded up, at least 1) when set.
    [[nodiscard]] common::HeaderList headers() const;
};

/// The one table from kinds to HTTP. Pure.
[[nodiscard]] ClientError toClientError(const common::Error &error);

/// What the last failed attempt means to the client when nothing else is left to try. Key trouble
/// upstream is a 503 that names the provider: it is never the client's key (never 401/403).
[[nodiscard]] ClientError
toClientError(const dialects::ProviderFailure &failure, const QByteArray &providerName);

} // namespace freerelay::relay
