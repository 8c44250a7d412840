#pragma once

#include "core/dialects/json_value.h"

#include <QByteArray>
#include <QByteArrayList>

namespace freerelay::dialects {

/// Groq refuses what a model wrote when it is no valid call, with the code `tool_use_failed` and
/// the words themselves as `failed_generation` (console.groq.com/docs/tool-use, November 2026).
/// Often they are a call in another form.
///
/// @param error  the body of the refusal, or of the event in a stream
/// @param tools  the names that may be called
/// @return a whole OpenAI chat reply with these calls; "" when it is another error, or no call
[[nodiscard]] QByteArray
rescuedReply(const JsonValue &error, const QByteArrayList &tools, const QByteArray &idStem);
/// The same for a body as it was received.
[[nodiscard]] QByteArray
rescuedReply(const QByteArray &error, const QByteArrayList &tools, const QByteArray &idStem);

} // namespace freerelay::dialects
