#pragma once

#include "core/dialects/client_dialect.h"
#include "core/dialects/responses/responses_tools.h"

#include <utility>
#include <vector>

namespace freerelay::dialects {

/// What a Response says of its request.
struct ResponsesTerms final : ClientTerms
{
    /// Members of the Response object: {name, JSON text}.
    std::vector<std::pair<QByteArray, QByteArray>> echo;
    std::vector<BridgedTool> tools; ///< that are no plain functions
    bool compaction = false; ///< the answer is one: a summary in an item of that type, nothing else
    QByteArray userMessages; ///< of a compaction: items that stay, comma-separated JSON
    bool encrypted = false; ///< `reasoning.encrypted_content` is wanted
};

} // namespace freerelay::dialects
