#pragma once

#include "core/dialects/json_value.h"

#include <QByteArray>

namespace freerelay::dialects {

/// A Schema of Google's API (ai.google.dev/api/caching#Schema) as JSON Schema: types in lower case,
/// `nullable` as a type, counts that protobuf writes as strings as numbers, `propertyOrdering` and
/// `example` left out. What is JSON Schema already stays as it is.
/// @param schema  a JSON object of validated text, so its depth is bounded
[[nodiscard]] QByteArray jsonSchemaOf(const JsonValue &schema);

} // namespace freerelay::dialects
