#pragma once

#include "core/dialects/chat_request.h"

#include <QByteArrayView>

#include <optional>

namespace freerelay::dialects {

/// Whether an answer that breaks off can be gone on with by another model: plain text of one
/// choice, without tools and without a demanded form.
[[nodiscard]] bool isContinuable(const ChatRequest &request);

/// The request for the rest of an answer of which `told` is known: the conversation with `told` as
/// the model's own words, and a demand to go on from there. An output limit shrinks by what was
/// told. With nothing told it is the request itself. Pure; any thread.
/// @return nullopt when there is none (its messages are gone)
[[nodiscard]] std::optional<ChatRequest>
continuedRequest(const ChatRequest &request, QByteArrayView told);

} // namespace freerelay::dialects
