#pragma once

#include "core/common/error.h"
#include "core/dialects/json_value.h"

#include <cstdint>
#include <optional>

namespace freerelay::dialects {

/// What a look at all messages finds out.
struct MessageFacts
{
    bool vision = false; ///< there is an image
    bool developerRole = false; ///< there is a message with the role developer
    /// Bytes of text; an image, a sound or a file counts as 4,000 (see RequestNeeds).
    std::int64_t textBytes = 0;
};

/// Checks the messages of a chat request as OpenAI does. Unknown members and unknown kinds of parts
/// are kept.
///
/// @return InvalidArgument with `param` like "messages[2].role"
[[nodiscard]] std::optional<common::Error> checkMessages(JsonValue messages, MessageFacts &facts);

} // namespace freerelay::dialects
