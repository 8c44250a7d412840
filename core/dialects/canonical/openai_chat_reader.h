#pragma once

#include "core/dialects/canonical/canonical_request.h"
#include "core/dialects/chat_request.h"

namespace freerelay::dialects {

/// An OpenAI chat request in canonical form. Any thread.
///
/// `request` has passed parseOpenAiChat(): types are as documented, so what has another one is
/// read as absent. Extensions that are understood beside OpenAI's own members: top_k,
/// reasoning {effort, max_tokens} (OpenRouter), thinking {budget_tokens} and cache_control
/// (Anthropic), reasoning_details and extra_content in assistant messages (see
/// openai_reply_parts.h). Everything else is kept in `extras`.
[[nodiscard]] CanonicalRequest readOpenAiChat(const ChatRequest &request);

} // namespace freerelay::dialects
