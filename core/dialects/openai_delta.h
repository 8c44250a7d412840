#pragma once

#include "core/dialects/json_object_edit.h"

namespace freerelay::dialects {

/// Puts the text of a `message` or a `delta` in order: content in one string (Mistral streams
/// parts of type "thinking" and "text"), reasoning under both names (`reasoning_content` of
/// DeepSeek, `reasoning` of OpenRouter and Groq), no null where the schema wants an array or an
/// object.
///
/// @return true when there is something for the client: text, reasoning, refusal, a call, audio
bool completeText(JsonObjectEdit &edit);

} // namespace freerelay::dialects
