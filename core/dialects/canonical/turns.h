#pragma once

#include "core/dialects/canonical/canonical_request.h"

#include <vector>

namespace freerelay::dialects {

/// Consecutive messages of one role as one. Points into the request, which must outlive it.
struct Turn
{
    Role role = Role::User;
    std::vector<const ContentBlock *> blocks; ///< never empty
};

/// The conversation as providers with strictly alternating roles want it: same roles merged, blank
/// text dropped, tool results first in their turn and in the order of the calls before them
/// (Anthropic and Gemini both answer 400 otherwise).
[[nodiscard]] std::vector<Turn> mergedTurns(const CanonicalRequest &request);

/// The tools that the tool choice leaves.
[[nodiscard]] std::vector<const ToolDefinition *> offeredTools(const CanonicalRequest &request);

/// The text that asks for JSON where a provider has no switch for it; "" when none was asked for.
[[nodiscard]] QByteArray jsonInstruction(const ResponseFormat &format);

/// Arguments as a JSON object: the model's own text when it is one, {} when it is blank, else
/// {"_raw":"<the text>"}, so that a broken call in the history does not break the request.
[[nodiscard]] QByteArray argumentsObject(const QByteArray &arguments);

/// All text of a tool result, joined by line feeds.
[[nodiscard]] QByteArray resultText(const ToolResultBlock &result);

} // namespace freerelay::dialects
