#pragma once

#include "core/dialects/json_splicer.h"
#include "core/dialects/json_value.h"

#include <vector>

namespace freerelay::dialects {

/// Removes the keywords `keys` from a JSON Schema at every level. Names of properties and of
/// definitions are no keywords; values (`enum`, `const`, `default`, `examples`) are left alone.
///
/// @param schema  inside the text of `splicer`
void stripSchemaKeys(JsonValue schema, const std::vector<QByteArray> &keys, Splicer &splicer);

} // namespace freerelay::dialects
