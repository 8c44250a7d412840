#include "openai_usage.h"

#include "core/dialects/json_object_edit.h"

#include <array>
#include <utility>

namespace freerelay::dialects {

namespace {

std::optional<std::int64_t> count(JsonValue value)
{
    if (const std::optional<std::int64_t> whole = value.integer()) {
        return *whole >= 0 ? whole : std::nullopt;
    }
    // Seen: 12.0 from servers that keep numbers as doubles.
    const std::optional<double> number = value.number();
    return number && *number >= 0 && *number < 1e15
        ? std::optional(static_cast<std::int64_t>(*number))
        : std::nullopt;
}

} // namespace

Usage readUsage(JsonValue usage)
{
    Usage out;
    for (const JsonMember &member : usage.members()) {
        if (member.keyIs("prompt_tokens")) {
            out.promptTokens = count(member.value);
        } else if (member.keyIs("completion_tokens")) {
            out.completionTokens = count(member.value);
        } else if (member.keyIs("prompt_tokens_details")) {
            out.cachedTokens = count(member.value["cached_tokens"]);
        } else if (member.keyIs("completion_tokens_details")) {
            out.reasoningTokens = count(member.value["reasoning_tokens"]);
        }
    }
    return out;
}

QByteArray completeUsage(JsonValue usage)
{
    const Usage read = readUsage(usage);
    std::optional<std::int64_t> total = count(usage["total_tokens"]);
    std::optional<std::int64_t> prompt = read.promptTokens;
    std::optional<std::int64_t> completion = read.completionTokens;
    if (prompt && !completion && total && *total >= *prompt) {
        completion = *total - *prompt;
    }
    if (!prompt || !completion) {
        return {};
    }
    if (!total) {
        total = *prompt + *completion;
    }
    Splicer splicer(usage.text());
    JsonObjectEdit edit(usage);
    const std::array<std::pair<QByteArrayView, std::int64_t>, 3> counters{
        {{"prompt_tokens", *prompt}, {"completion_tokens", *completion}, {"total_tokens", *total}}};
    for (const auto &[name, number] : counters) {
        if (!edit.value(name).integer()) {
            edit.set(name, QByteArray::number(number));
        }
    }
    for (qsizetype i = 0; i < edit.size(); ++i) {
        const JsonMember &member = edit.at(i);
        const bool details = member.keyIs("prompt_tokens_details")
            || member.keyIs("completion_tokens_details");
        if (details && !member.value.isObject()) {
            edit.remove(i);
        }
    }
    edit.commit(splicer);
    return splicer.apply();
}

QByteArrayView openAiFinishReason(QByteArrayView reason)
{
    // Sources: OpenAI's enum; Mistral model_length; TGI eos, stop_sequence; Cohere COMPLETE;
    // DeepSeek insufficient_system_resource; Z.ai sensitive, network_error; vLLM abort;
    // Anthropic's and Google's words from gateways that pass them on.
    constexpr std::array<std::pair<QByteArrayView, QByteArrayView>, 24> words{{
        {"stop", "stop"},
        {"length", "length"},
        {"tool_calls", "tool_calls"},
        {"content_filter", "content_filter"},
        {"function_call", "function_call"},
        {"error", "error"},
        {"insufficient_system_resource", "error"},
        {"network_error", "error"},
        {"abort", "error"},
        {"model_length", "length"},
        {"max_tokens", "length"},
        {"MAX_TOKENS", "length"},
        {"max_length", "length"},
        {"tool_use", "tool_calls"},
        {"tool_call", "tool_calls"},
        {"sensitive", "content_filter"},
        {"safety", "content_filter"},
        {"SAFETY", "content_filter"},
        {"refusal", "content_filter"},
        {"RECITATION", "content_filter"},
        {"PROHIBITED_CONTENT", "content_filter"},
        {"BLOCKLIST", "content_filter"},
        {"MALFORMED_FUNCTION_CALL", "error"},
        {"UNEXPECTED_TOOL_CALL", "error"},
    }};
    if (reason.isEmpty()) {
        return {};
    }
    for (const auto &[from, to] : words) {
        if (reason == from) {
            return to;
        }
    }
    return "stop"; // eos, end_turn, stop_sequence, COMPLETE, STOP, …: an end, however it is called
}

} // namespace freerelay::dialects
