#pragma once

#include "core/catalog/schema_reader.h"
#include "core/catalog/types.h"

namespace freerelay::catalog {

/// Reads a `rules` map (docs/providers-file.md) over `rules`: what the map does not name stays.
void readWireRules(SchemaProblems &problems, const YamlNode &node, WireRules &rules);

/// Reads an `errors` map (docs/providers-file.md) over `errors`.
void readErrorRules(SchemaProblems &problems, const YamlNode &node, ErrorRules &errors);

} // namespace freerelay::catalog
