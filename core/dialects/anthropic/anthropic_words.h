#pragma once

#include "core/common/error.h"
#include "core/dialects/canonical/canonical_reply.h"
#include "core/dialects/json_value.h"

namespace freerelay::dialects {

/// `stop_reason` → why the reply ended. `pause_turn` only follows server tools, which we never
/// send; it and unknown words read as Stop.
[[nodiscard]] FinishReason anthropicFinish(const JsonValue &stopReason);

/// An `error` object ({"type","message"}) as a failure: overloaded_error and api_error →
/// Unavailable, rate_limit_error → RateLimited, …; unknown types → Unavailable.
[[nodiscard]] common::Error anthropicError(const JsonValue &error);

/// Anthropic's counts, which arrive in pieces: message_start has the prompt's, message_delta the
/// cumulative output's, and some providers send the prompt's only there or 0 the second time.
class AnthropicUsage
{
public:
    void add(const JsonValue &usage);
    /// In OpenAI's sense: prompt tokens include what was written to and read from the cache.
    [[nodiscard]] Usage total() const;

private:
    std::optional<std::int64_t> m_input;
    std::optional<std::int64_t> m_output;
    std::optional<std::int64_t> m_cacheWrite;
    std::optional<std::int64_t> m_cacheRead;
    std::optional<std::int64_t> m_reasoning;
};

} // namespace freerelay::dialects
