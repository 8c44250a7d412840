#pragma once

#include "core/catalog/types.h"
#include "core/dialects/json_value.h"

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

namespace freerelay::dialects {

/// What an error body says, whatever its shape. Words are the provider's own.
struct ErrorBody
{
    QByteArray message; ///< ≤ 1,000 bytes, without secrets, one line
    QByteArray type; ///< error.type, or Google's error.status
    QByteArray code; ///< a number is written as digits
    QByteArray param;
    QByteArray reason; ///< Google's ErrorInfo.reason
    int status = 0; ///< an HTTP status inside the body; 0 = none
    bool html = false;
    bool daily = false; ///< a quotaId that names a day
    QByteArray retryDelay; ///< Google's RetryInfo, "38.2s"
    /// Google's QuotaFailure: {quotaId, quotaValue} of each violation.
    std::vector<std::pair<QByteArray, QByteArray>> violations;
    std::vector<std::pair<QByteArray, QByteArray>> headers; ///< OpenRouter's metadata.headers
};

/// Reads an error body of any shape: OpenAI, Google (also in an array), Anthropic, OpenRouter,
/// Mistral `detail`, RFC 7807, flat, Cloudflare `errors`, a bare string, HTML, plain text. Pure.
/// @param body  any bytes; need not be JSON
[[nodiscard]] ErrorBody readErrorBody(QByteArrayView body, const catalog::ErrorRules &rules);

/// The same for a JSON value that is known to be an error.
[[nodiscard]] ErrorBody readErrorValue(JsonValue root, const catalog::ErrorRules &rules);

/// The value at a dotted path ("error.message"); a number as a step is an index into an array.
[[nodiscard]] JsonValue valueAtPath(JsonValue root, QByteArrayView path);

/// Strings as they are, numbers as their digits; "" for anything else.
[[nodiscard]] QByteArray plainText(JsonValue value);

} // namespace freerelay::dialects
