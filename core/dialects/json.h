#pragma once

#include "core/common/result.h"
#include "core/dialects/json_value.h"

#include <QByteArray>

namespace freerelay::dialects {

/// Deepest nesting of arrays and objects that is accepted.
inline constexpr int jsonMaxDepth = 128;

/// Bytes that the parser may read behind the text (simdjson's SIMDJSON_PADDING).
inline constexpr qsizetype jsonPadding = 64;

/// `text` with capacity for the parser's padding. Copies only when there is too little of it.
[[nodiscard]] QByteArray padded(QByteArray text);

/// Validates the whole text (grammar, UTF-8, depth ≤ jsonMaxDepth, numbers within 64 bits or a
/// finite double, no lone surrogates) and returns a view on its root value.
///
/// The view points into `text`, which must outlive it unchanged. A text without spare capacity is
/// copied for the check, so pass it through padded() where it is large. Uses one parser per
/// thread; any thread.
/// @return InvalidArgument with a sentence that says what is wrong
[[nodiscard]] common::Result<JsonValue> parseJson(const QByteArray &text);

/// The same for bytes whose surroundings are unknown; they are copied for the check.
[[nodiscard]] common::Result<JsonValue> parseJson(QByteArrayView text);

} // namespace freerelay::dialects
