#pragma once

#include "core/catalog/schema_reader.h"
#include "core/catalog/types.h"

namespace freerelay::catalog {

/// Reads the map `quota` of wire_rules.yaml or of a user's provider over `quota`.
void readQuotaRules(SchemaProblems &problems, const YamlNode &node, QuotaRules &quota);

} // namespace freerelay::catalog
