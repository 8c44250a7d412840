#pragma once

#include "core/catalog/types.h"
#include "core/dialects/canonical/canonical_request.h"

namespace freerelay::dialects {

/// Forgets the parameters that the provider refuses (`rules.drop`, OpenAI's names) or the model
/// does not have (capabilities.temperature = No: no sampling at all), clamps the others and caps
/// max tokens at what the model can give.
void applyWireRules(
    CanonicalRequest &request, const catalog::WireRules &rules, const catalog::Model &model);

} // namespace freerelay::dialects
