#pragma once

#include "core/common/result.h"
#include "core/dialects/chat_request.h"

#include <QByteArray>

namespace freerelay::dialects {

/// The most texts of one request (openapi 2.3.0, CreateEmbeddingRequest).
inline constexpr int maxEmbeddingInputs = 2'048;

/// Validates a POST /v1/embeddings body, as parseOpenAiChat() does that of a chat. What it does not
/// know goes to the provider as it is. Any thread.
/// @return InvalidArgument with `param` set
[[nodiscard]] common::Result<ChatRequest> parseEmbeddings(QByteArray body);

/// The same for POST /v1/moderations.
[[nodiscard]] common::Result<ChatRequest> parseModerations(QByteArray body);

} // namespace freerelay::dialects
