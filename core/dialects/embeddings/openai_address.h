#pragma once

#include "core/catalog/types.h"
#include "core/dialects/chat_request.h"
#include "core/dialects/provider_dialect.h"

#include <span>

namespace freerelay::dialects {

/// The path of another address than chat's: `address` in the place of "/chat/completions" in the
/// provider's path. @return "" when the provider's chat is elsewhere, so that it is not known
[[nodiscard]] QByteArray openAiPath(const catalog::Provider &provider, QByteArrayView address);

/// A request for another address of OpenAI's API than chat: the client's body with the model as the
/// provider calls it.
/// @param address  "/embeddings"; see openAiPath()
/// @param drop     members that are not sent; nulls never are
/// @return InvalidArgument when the address is not known
[[nodiscard]] common::Result<EncodedRequest> encodeForAddress(
    const ChatRequest &request,
    const catalog::Provider &provider,
    const catalog::Model &model,
    QByteArrayView address,
    std::span<const QByteArrayView> drop);

} // namespace freerelay::dialects
