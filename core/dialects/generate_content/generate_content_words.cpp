#include "generate_content_words.h"

#include <algorithm>

namespace freerelay::dialects {

namespace {

char upper(char c)
{
    return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
}

} // namespace

bool isField(const JsonMember &member, QByteArrayView camel)
{
    qsizetype at = 0;
    bool isRaised = false;
    for (const char c : member.rawKey) {
        if (c == '_') {
            isRaised = true;
            continue;
        }
        if (at >= camel.size() || (isRaised ? upper(c) : c) != camel[at]) {
            return false;
        }
        isRaised = false;
        ++at;
    }
    return at == camel.size();
}

JsonValue field(const JsonValue &object, QByteArrayView camel)
{
    JsonValue found;
    for (const JsonMember &member : object.members()) {
        if (isField(member, camel)) {
            found = member.value;
        }
    }
    return found;
}

QByteArrayView googleFinishReason(FinishReason reason)
{
    switch (reason) {
    case FinishReason::Length:
        return "MAX_TOKENS";
    case FinishReason::ContentFilter:
        return "SAFETY";
    case FinishReason::Stop:
    case FinishReason::ToolCalls:
        break;
    }
    return "STOP";
}

QByteArray googleUsage(const Usage &usage)
{
    QByteArray out;
    if (!usage.promptTokens && !usage.completionTokens) {
        return out;
    }
    JsonWriter json(out);
    json.beginObject();
    if (usage.promptTokens) {
        json.key("promptTokenCount").integer(*usage.promptTokens);
    }
    const std::int64_t thoughts = usage.reasoningTokens.value_or(0);
    if (usage.completionTokens) {
        json.key("candidatesTokenCount")
            .integer(std::max<std::int64_t>(*usage.completionTokens - thoughts, 0));
    }
    if (usage.reasoningTokens) {
        json.key("thoughtsTokenCount").integer(thoughts);
    }
    if (usage.cachedTokens) {
        json.key("cachedContentTokenCount").integer(*usage.cachedTokens);
    }
    json.key("totalTokenCount")
        .integer(usage.promptTokens.value_or(0) + usage.completionTokens.value_or(0));
    json.endObject();
    return out;
}

QByteArrayView googleStatus(int httpStatus)
{
    switch (httpStatus) {
    case 401:
        return "UNAUTHENTICATED";
    case 403:
        return "PERMISSION_DENIED";
    case 404:
        return "NOT_FOUND";
    case 402:
    case 429:
        return "RESOURCE_EXHAUSTED";
    case 501:
        return "UNIMPLEMENTED";
    case 502:
    case 503:
        return "UNAVAILABLE";
    case 504:
        return "DEADLINE_EXCEEDED";
    default:
        return httpStatus >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
    }
}

} // namespace freerelay::dialects
