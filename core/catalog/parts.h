#pragma once

#include "core/catalog/types.h"

#include <vector>

namespace freerelay::catalog {

/// What a catalogue is built from: the content of the shipped YAML files.
struct CatalogParts
{
    std::vector<Provider> providers;
    std::vector<Model> models;
    std::vector<Alias> aliases;

    bool operator==(const CatalogParts &) const = default;
};

} // namespace freerelay::catalog
