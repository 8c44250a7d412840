#pragma once

#include "core/catalog/parts.h"
#include "core/catalog/schema_reader.h"
#include "core/common/result.h"

#include <QString>

namespace freerelay::catalog {

/// Reads and checks the shipped catalogue: providers.yaml, models.yaml, aliases.yaml and
/// quality_priors.yaml (facts, written for people) with wire_rules.yaml and key_steps.yaml (ours).
/// Part of the build only: the program carries the compiled table. Blocks on the disk.
/// @param folder  resources/catalog
/// @return StorageFailed for a file that cannot be read; InvalidArgument with the first problem as
///         "file:line:column: what" and all of them in `detail`
[[nodiscard]] common::Result<CatalogParts> readShippedSources(const QString &folder);

/// Readers of one file each; they add to `parts` and to `problems`.
void readProviders(SchemaProblems &problems, const YamlNode &root, CatalogParts &parts);
void readModels(SchemaProblems &problems, const YamlNode &root, CatalogParts &parts);
void readWireRulesFile(SchemaProblems &problems, const YamlNode &root, CatalogParts &parts);
void readAliases(SchemaProblems &problems, const YamlNode &root, CatalogParts &parts);
void readKeySteps(SchemaProblems &problems, const YamlNode &root, CatalogParts &parts);
/// The overall value of a model is the mean of its values over the task families, as its overall
/// confidence is in the file's own formula (step 7).
void readQualityPriors(SchemaProblems &problems, const YamlNode &root, CatalogParts &parts);

/// Limits as they stand in the data: whole numbers count, any other text is unknown.
[[nodiscard]] FreeLimits freeLimitsOf(const YamlNode &node);

/// The element with this id; null when there is none.
template <typename Item> [[nodiscard]] Item *withId(std::vector<Item> &items, const QByteArray &id)
{
    for (Item &item : items) {
        if (item.id == id) {
            return &item;
        }
    }
    return nullptr;
}

} // namespace freerelay::catalog
