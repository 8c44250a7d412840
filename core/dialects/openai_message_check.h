#pragma once

#include "core/common/error.h"
#include "core/dialects/chat_request.h"
#include "core/dialects/json_value.h"

#include <optional>

namespace freerelay::dialects {

/// Checks the messages of a chat request as OpenAI does and adds what they need (vision, bytes of
/// text) to `needs`. Unknown members and unknown kinds of parts are kept.
///
/// @param textBytes  bytes of text are added here; images count imageTokens each, times 4
/// @return InvalidArgument with `param` like "messages[2].role"
[[nodiscard]] std::optional<common::Error>
checkMessages(JsonValue messages, RequestNeeds &needs, std::int64_t &textBytes);

} // namespace freerelay::dialects
