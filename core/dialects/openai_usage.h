#pragma once

#include "core/dialects/json_value.h"
#include "core/dialects/reply_translator.h"

#include <QByteArray>

namespace freerelay::dialects {

/// The counts of an OpenAI `usage` object; what it lacks stays unknown.
[[nodiscard]] Usage readUsage(JsonValue usage);

/// A `usage` object as the documentation wants it: the three counters as integers, details absent
/// rather than null. Bytes that need no change are kept.
/// @return null when a counter cannot be known: unknown is never told as 0
[[nodiscard]] QByteArray completeUsage(JsonValue usage);

/// OpenAI's word for a finish reason of any provider ("eos" → "stop"); "" for none, "error" for
/// one that says that the answer failed.
[[nodiscard]] QByteArrayView openAiFinishReason(QByteArrayView reason);

} // namespace freerelay::dialects
