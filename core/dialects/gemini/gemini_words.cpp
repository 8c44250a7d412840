#include "gemini_words.h"

#include <array>
#include <utility>

namespace freerelay::dialects {

namespace {

bool isDailyQuota(const JsonValue &error)
{
    for (const JsonValue &detail : error["details"].elements()) {
        for (const JsonValue &violation : detail["violations"].elements()) {
            if (violation["quotaId"].string().contains("PerDay")) {
                return true;
            }
        }
    }
    return false;
}

bool hasReason(const JsonValue &error, QByteArrayView reason)
{
    for (const JsonValue &detail : error["details"].elements()) {
        if (detail["reason"].equals(reason)) {
            return true;
        }
    }
    return false;
}

common::ErrorKind kindOf(const JsonValue &error)
{
    using common::ErrorKind;
    constexpr std::array<std::pair<QByteArrayView, ErrorKind>, 6> kinds{{
        {"INVALID_ARGUMENT", ErrorKind::InvalidArgument},
        {"FAILED_PRECONDITION", ErrorKind::PermissionDenied}, // region
        {"PERMISSION_DENIED", ErrorKind::PermissionDenied},
        {"UNAUTHENTICATED", ErrorKind::Unauthenticated},
        {"NOT_FOUND", ErrorKind::NotFound},
        {"DEADLINE_EXCEEDED", ErrorKind::Timeout},
    }};
    const JsonValue status = error["status"];
    if (hasReason(error, "API_KEY_INVALID")) {
        return ErrorKind::Unauthenticated;
    }
    if (status.equals("RESOURCE_EXHAUSTED")) {
        return isDailyQuota(error) ? ErrorKind::QuotaExhausted : ErrorKind::RateLimited;
    }
    for (const auto &[word, kind] : kinds) {
        if (status.equals(word)) {
            return kind;
        }
    }
    return ErrorKind::Unavailable;
}

void take(std::optional<std::int64_t> &count, const JsonValue &value)
{
    if (const std::optional<std::int64_t> number = value.integer()) {
        count = number;
    }
}

} // namespace

std::optional<FinishReason> geminiFinish(const JsonValue &reason)
{
    constexpr std::array<std::pair<QByteArrayView, FinishReason>, 4> words{{
        {"STOP", FinishReason::Stop},
        {"FINISH_REASON_STOP", FinishReason::Stop},
        {"OTHER", FinishReason::Stop},
        {"MAX_TOKENS", FinishReason::Length},
    }};
    constexpr std::array<QByteArrayView, 4> broken{
        {"MALFORMED_FUNCTION_CALL",
         "UNEXPECTED_TOOL_CALL",
         "TOO_MANY_TOOL_CALLS",
         "MISSING_THOUGHT_SIGNATURE"}};
    for (const auto &[word, finish] : words) {
        if (reason.equals(word)) {
            return finish;
        }
    }
    for (const QByteArrayView word : broken) {
        if (reason.equals(word)) {
            return std::nullopt;
        }
    }
    // SAFETY, RECITATION, PROHIBITED_CONTENT, BLOCKLIST, SPII, LANGUAGE, IMAGE_SAFETY, …: Google
    // adds words to this family only.
    return FinishReason::ContentFilter;
}

common::Error geminiError(const JsonValue &error)
{
    return {
        kindOf(error),
        QString::fromUtf8(error["message"].string().left(1000)),
        QString::fromUtf8(error["status"].string().left(100))};
}

Usage geminiUsage(const JsonValue &metadata, const Usage &before)
{
    Usage usage = before;
    std::optional<std::int64_t> answer;
    take(usage.promptTokens, metadata["promptTokenCount"]);
    if (usage.promptTokens) {
        const std::int64_t tools = metadata["toolUsePromptTokenCount"].integer().value_or(0);
        *usage.promptTokens += metadata["promptTokenCount"].integer() ? tools : 0;
    }
    take(usage.cachedTokens, metadata["cachedContentTokenCount"]);
    take(usage.reasoningTokens, metadata["thoughtsTokenCount"]);
    take(answer, metadata["candidatesTokenCount"]);
    if (answer || metadata["thoughtsTokenCount"].integer()) {
        usage.completionTokens = answer.value_or(0)
            + metadata["thoughtsTokenCount"].integer().value_or(0);
    }
    return usage;
}

} // namespace freerelay::dialects
