#include "anthropic_words.h"

#include <array>
#include <utility>

namespace freerelay::dialects {

namespace {

void take(std::optional<std::int64_t> &count, const JsonValue &value)
{
    const std::optional<std::int64_t> number = value.integer();
    if (number && (*number > 0 || (*number == 0 && !count))) {
        count = number;
    }
}

} // namespace

FinishReason anthropicFinish(const JsonValue &stopReason)
{
    constexpr std::array<std::pair<QByteArrayView, FinishReason>, 4> words{{
        {"max_tokens", FinishReason::Length},
        {"model_context_window_exceeded", FinishReason::Length},
        {"tool_use", FinishReason::ToolCalls},
        {"refusal", FinishReason::ContentFilter},
    }};
    for (const auto &[word, reason] : words) {
        if (stopReason.equals(word)) {
            return reason;
        }
    }
    return FinishReason::Stop;
}

common::Error anthropicError(const JsonValue &error)
{
    using common::ErrorKind;
    constexpr std::array<std::pair<QByteArrayView, ErrorKind>, 8> kinds{{
        {"invalid_request_error", ErrorKind::InvalidArgument},
        {"authentication_error", ErrorKind::Unauthenticated},
        {"billing_error", ErrorKind::QuotaExhausted},
        {"permission_error", ErrorKind::PermissionDenied},
        {"not_found_error", ErrorKind::NotFound},
        {"request_too_large", ErrorKind::TooLarge},
        {"rate_limit_error", ErrorKind::RateLimited},
        {"timeout_error", ErrorKind::Timeout},
    }};
    const QByteArray type = error["type"].string();
    common::Error result{
        ErrorKind::Unavailable,
        QString::fromUtf8(error["message"].string().left(1000)),
        QString::fromUtf8(type.left(100))};
    for (const auto &[word, kind] : kinds) {
        if (type == word) {
            result.kind = kind;
        }
    }
    return result;
}

void AnthropicUsage::add(const JsonValue &usage)
{
    take(m_input, usage["input_tokens"]);
    take(m_output, usage["output_tokens"]);
    take(m_cacheWrite, usage["cache_creation_input_tokens"]);
    take(m_cacheRead, usage["cache_read_input_tokens"]);
    const JsonValue details = usage["output_tokens_details"];
    take(m_reasoning, details["reasoning_tokens"]);
    take(m_reasoning, details["thinking_tokens"]);
}

Usage AnthropicUsage::total() const
{
    Usage usage;
    if (m_input) {
        usage.promptTokens = *m_input + m_cacheWrite.value_or(0) + m_cacheRead.value_or(0);
    }
    usage.completionTokens = m_output;
    usage.cachedTokens = m_cacheRead;
    usage.reasoningTokens = m_reasoning;
    return usage;
}

} // namespace freerelay::dialects
