#pragma once

#include "core/common/error.h"
#include "core/common/result.h"
#include "core/dialects/chat_request.h"

#include <QByteArray>

namespace freerelay::dialects {

/// Validates a POST /v1/chat/completions body and reads what routing needs from it.
///
/// simdjson's DOM parser checks the whole text (depth ≤ 128, UTF-8); ranges are OpenAI's
/// (openapi 2.3.0, 2026-08-21). A per-thread parser is reused: any thread, no sharing.
/// @return InvalidArgument with `param` set, as OpenAI answers.
[[nodiscard]] common::Result<ChatRequest> parseOpenAiChat(QByteArray body);

/// An error in OpenAI's shape: {"error":{"message","type","param","code"}}; all four always.
/// @param candidatesJson  an array for a fifth one, "candidates"; "" = there is none
[[nodiscard]] QByteArray openAiError(
    QByteArrayView message,
    QByteArrayView type,
    QByteArrayView param = {},
    QByteArrayView code = {},
    QByteArrayView candidatesJson = {});

/// The SSE frame that ends a broken stream: `data: {"error":…}\n\n`, never followed by [DONE].
[[nodiscard]] QByteArray
openAiStreamError(QByteArrayView message, QByteArrayView type, QByteArrayView code = {});

/// Appends `text` as a JSON string with quotes. Invalid UTF-8 becomes U+FFFD.
void appendJsonString(QByteArray &out, QByteArrayView text);

} // namespace freerelay::dialects
