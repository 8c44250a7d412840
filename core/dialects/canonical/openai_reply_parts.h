#pragma once

#include "core/dialects/canonical/canonical_reply.h"
#include "core/dialects/json_writer.h"
#include "core/dialects/provider_dialect.h"

namespace freerelay::dialects {

/// Pieces that chunks and whole replies of OpenAI chat have in common.

/// A usage object, or null bytes when a counter is unknown: unknown is never told as 0.
[[nodiscard]] QByteArray openAiUsage(const Usage &usage);

/// `finish_reason` and, when a stop sequence was hit, `stop_reason` with it, as vLLM's OpenAI
/// server tells it (docs.vllm.ai, "OpenAI-compatible server", 2026-11).
void writeFinish(JsonWriter &json, const Finish &finish);

/// One tool call with `index` (chunks) or without (index < 0).
///
/// A Gemini thought signature goes where Google's own OpenAI endpoint puts it:
/// extra_content.google.thought_signature.
void writeToolCall(JsonWriter &json, const ToolUseBlock &call, int index);

/// One entry of `reasoning_details`, the extension that OpenRouter's clients already keep and
/// send back with the assistant message:
/// {"type":"reasoning.text","text","signature","format","index"}.
void writeThinkingDetail(JsonWriter &json, const ThinkingBlock &block, int index);
/// {"type":"reasoning.encrypted","data","format","index"}.
void writeRedactedDetail(JsonWriter &json, const RedactedThinkingBlock &block, int index);

/// The id and model that the client sees.
[[nodiscard]] QByteArray clientId(const QByteArray &providerId, const ReplyContext &context);
[[nodiscard]] QByteArray clientModel(const QByteArray &providerModel, const ReplyContext &context);

} // namespace freerelay::dialects
