#pragma once

#include "core/common/error.h"
#include "core/dialects/canonical/canonical_reply.h"
#include "core/dialects/json_value.h"

#include <optional>

namespace freerelay::dialects {

/// `finishReason` → why the reply ended; nullopt for words that mean a broken reply
/// (MALFORMED_FUNCTION_CALL, UNEXPECTED_TOOL_CALL, …). STOP is Stop: whether calls were made is
/// the reader's knowledge.
[[nodiscard]] std::optional<FinishReason> geminiFinish(const JsonValue &reason);

/// A google.rpc.Status under `error` as a failure. RESOURCE_EXHAUSTED is QuotaExhausted when a
/// violation names a PerDay quota, else RateLimited.
[[nodiscard]] common::Error geminiError(const JsonValue &error);

/// `usageMetadata`: cumulative; thoughts are counted into the completion, as OpenAI does.
/// @param before  kept for what `metadata` leaves out
[[nodiscard]] Usage geminiUsage(const JsonValue &metadata, const Usage &before);

} // namespace freerelay::dialects
