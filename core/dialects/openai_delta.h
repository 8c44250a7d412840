#pragma once

#include "core/dialects/json_object_edit.h"
#include "core/dialects/text/said_text.h"

namespace freerelay::dialects {

/// Whether more of a text comes.
enum class TextRest : std::uint8_t { Follows, None };

/// Puts the text of a `message` or a `delta` in order: content in one string (Mistral streams
/// parts of type "thinking" and "text"), reasoning under both names (`reasoning_content` of
/// DeepSeek, `reasoning` of OpenRouter and Groq; what models write between `<think>` and
/// `</think>`), no null where the schema wants an array or an object.
///
/// @param said  of the choice; what it holds back is not told
/// @param rest  None: what is held back is told as well, see SaidText::end()
/// @return true when there is something for the client: text, reasoning, refusal, a call, audio
bool completeText(JsonObjectEdit &edit, SaidText &said, TextRest rest);

} // namespace freerelay::dialects
