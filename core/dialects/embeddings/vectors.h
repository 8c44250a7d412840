#pragma once

#include "core/dialects/json_value.h"

#include <QByteArray>

#include <optional>

namespace freerelay::dialects {

/// One vector of a provider as OpenAI's `encoding_format` float wants it: a JSON array of numbers.
/// @param vector  an array of numbers (kept byte for byte), or a base64 string of float32, little
///                endian
/// @return null when it is neither, or empty
[[nodiscard]] QByteArray vectorAsNumbers(const JsonValue &vector);

/// The same as `encoding_format` base64 wants it: a JSON string, as above.
[[nodiscard]] QByteArray vectorAsBase64(const JsonValue &vector);

} // namespace freerelay::dialects
