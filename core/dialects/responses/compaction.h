#pragma once

#include "core/dialects/json_value.h"

#include <QByteArray>

#include <optional>

namespace freerelay::dialects {

/// A conversation that is made shorter (POST /v1/responses/compact): a model writes down what has
/// happened, and that stands in the place of all but the user's own messages. Any thread.

/// What the model is asked for, behind the conversation.
[[nodiscard]] QByteArray compactionPrompt();

/// The user's messages of an `input` as items of it, comma-separated JSON; the newest, up to 80,000
/// bytes. (Ours; Codex keeps 20,000 tokens when it compacts by itself.)
/// @param input  a string or an array
[[nodiscard]] QByteArray userMessagesIn(const JsonValue &input);

/// A summary as the `encrypted_content` of an item of type `compaction`.
[[nodiscard]] QByteArray sealSummary(const QByteArray &summary);
/// What goes on from it is told; nullopt when it was not sealed here.
[[nodiscard]] std::optional<QByteArray> openSummary(const QByteArray &encryptedContent);

} // namespace freerelay::dialects
