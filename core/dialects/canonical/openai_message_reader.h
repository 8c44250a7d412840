#pragma once

#include "core/dialects/canonical/canonical_request.h"
#include "core/dialects/json_value.h"

namespace freerelay::dialects {

/// Adds one element of OpenAI's `messages` to the request: system and developer text to `system`,
/// tool results as user messages.
void readOpenAiMessage(const JsonValue &message, CanonicalRequest &request);

/// A `cache_control` member as JSON text; "" when there is none.
[[nodiscard]] QByteArray readCacheControl(const JsonValue &holder);

} // namespace freerelay::dialects
