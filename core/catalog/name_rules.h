#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace freerelay::catalog {

/// Whether `text` fits `pattern`, in which `*` stands for any run of bytes. Letter case is ignored.
[[nodiscard]] bool matchesPattern(QByteArrayView pattern, QByteArrayView text);

/// What the names of one model at several providers have in common; "" for a name that is too
/// general to be shared (neither a digit nor a '-' in it: "free", "default", "lite").
///
/// The rule, in this order: the last path segment; lower case; without ":free"; ':' becomes '-' and
/// '_' becomes '.' ("gpt-oss:120b", "Llama-3_3"); a 'p' between digits becomes '.' ("glm-5p2");
/// without a leading "meta-"; then, as long as one fits, without the endings -free, -latest, -tee,
/// -it, -instruct, -versatile, -instant, -fp8, -fast after -fp8, -turbo after -instruct, and a
/// date -YYYYMMDD or -YYYY-MM-DD.
/// So "groq/llama-3.3-70b-versatile", "meta-llama/Llama-3.3-70B-Instruct-Turbo" and
/// "Meta-Llama-3_3-70B-Instruct" are all "llama-3.3-70b".
[[nodiscard]] QByteArray commonName(QByteArrayView modelName);

/// The name without a date at its end ("claude-haiku-4-5-20251001" → "claude-haiku-4-5"); the name
/// itself when there is none.
[[nodiscard]] QByteArrayView withoutDate(QByteArrayView modelName);

/// Whether a listed model is likely to answer chat requests, judged by words in its name ("embed",
/// "whisper", "tts", …). A wrong yes costs one failed attempt; a wrong no leaves the model to those
/// who ask for it by name.
[[nodiscard]] bool looksLikeChatModel(QByteArrayView modelName);

/// Whether a name belongs to a family ("gemini-flash"): its words occur in the name in this order.
[[nodiscard]] bool isOfFamily(QByteArrayView modelName, QByteArrayView family);

} // namespace freerelay::catalog
