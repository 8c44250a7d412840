#pragma once

#include "core/catalog/types.h"
#include "core/dialects/chat_request.h"
#include "core/dialects/provider_dialect.h"

#include <span>

namespace freerelay::dialects {

/// A request for another address of OpenAI's API than chat: the client's body with the model as the
/// provider calls it.
/// @param address  "/embeddings"; takes the place of "/chat/completions" in the provider's path
/// @param drop     members that are not sent; nulls never are
/// @return InvalidArgument when the provider's chat is elsewhere, so that the address is not known
[[nodiscard]] common::Result<EncodedRequest> encodeForAddress(
    const ChatRequest &request,
    const catalog::Provider &provider,
    const catalog::Model &model,
    QByteArrayView address,
    std::span<const QByteArrayView> drop);

} // namespace freerelay::dialects
