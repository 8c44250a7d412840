#pragma once

#include "core/dialects/canonical/canonical_reply.h"
#include "core/dialects/client_dialect.h"
#include "core/dialects/json_writer.h"

#include <QByteArray>

namespace freerelay::dialects {

/// What requests and replies of Ollama's API share (facts: github.com/ollama/ollama, docs/api.md).

/// /api/chat with messages, or /api/generate with a prompt.
enum class OllamaForm { Chat, Generate };

/// The model that is meant: clients add ":latest" to names without a tag.
[[nodiscard]] QByteArray ollamaModel(QByteArray name);

/// `created_at`: the time now in UTC (RFC 3339).
[[nodiscard]] QByteArray ollamaTime(const ClientReplyContext &context);

/// {"error":"…"}.
[[nodiscard]] QByteArray ollamaError(QByteArrayView message);

/// What is said in one line of a stream, or in a whole reply.
struct OllamaWords
{
    QByteArray text{};
    QByteArray thinking{};
    std::vector<ToolUseBlock> calls{};
};

/// Opens the object of a line or a reply: model, time and `message` or `response`.
void beginOllamaReply(
    JsonWriter &json,
    OllamaForm form,
    const ClientReplyContext &context,
    const QByteArray &model,
    const OllamaWords &words);

/// The members of the last line or of a reply: why it ended, what was counted and how long it took
/// (whole nanoseconds). Closes the object.
/// @param firstAt  of the first word; nullopt = it all came at once
void endOllamaReply(
    JsonWriter &json,
    const ClientReplyContext &context,
    FinishReason reason,
    const Usage &usage,
    std::optional<common::SteadyTime> firstAt);

} // namespace freerelay::dialects
