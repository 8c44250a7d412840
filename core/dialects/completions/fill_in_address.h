#pragma once

#include "core/catalog/types.h"
#include "core/dialects/chat_request.h"
#include "core/dialects/provider_dialect.h"

#include <optional>

namespace freerelay::dialects {

/// A request to fill a gap (ChatRequest::fillsIn), for the address that a provider has for that.
/// Pure; any thread.
/// @return nullopt when the provider has none for the model: it is asked by the chat then
[[nodiscard]] std::optional<EncodedRequest> encodeFillIn(
    const ChatRequest &request, const catalog::Provider &provider, const catalog::Model &model);

} // namespace freerelay::dialects
