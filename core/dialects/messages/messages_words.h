#pragma once

#include "core/dialects/canonical/canonical_reply.h"
#include "core/dialects/json_writer.h"

#include <QByteArray>

#include <cstdint>
#include <optional>

namespace freerelay::dialects {

/// Words that whole replies and streams of the Messages API share.

/// `stop_reason`.
[[nodiscard]] QByteArrayView messagesStopReason(FinishReason reason);
/// `stop_reason` and `stop_sequence`.
void writeMessagesStop(JsonWriter &json, const Finish &finish);

/// Anthropic's id of a reply: "msg_" and what is left of ours.
[[nodiscard]] QByteArray messagesId(const QByteArray &requestId);

/// What is told where nobody counted: Anthropic's counters are no optional fields.
struct CountedHere
{
    std::int64_t prompt = 0; ///< tokens, estimated
    std::int64_t outputBytes = 0; ///< of text and arguments
};

/// A `usage` object. Anthropic's input_tokens leave out what was read from a cache.
void writeMessagesUsage(JsonWriter &json, const Usage &usage, const CountedHere &here);

} // namespace freerelay::dialects
