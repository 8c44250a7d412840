#pragma once

#include "core/common/error.h"
#include "core/dialects/canonical/canonical_content.h"
#include "core/dialects/reply_translator.h"

#include <QByteArray>

#include <cstdint>
#include <variant>
#include <vector>

namespace freerelay::dialects {

/// The most answers that one request can ask for (openapi 2.3.0, CreateChatCompletionRequest, `n`).
inline constexpr std::int64_t maxChoices = 128;

/// Why a reply ended. The words of the providers are read in anthropic_words.h and gemini_words.h.
enum class FinishReason : std::uint8_t { Stop, Length, ToolCalls, ContentFilter };

/// OpenAI's word for it.
[[nodiscard]] QByteArrayView toOpenAi(FinishReason reason);

struct MessageStart
{
    QByteArray id; ///< the provider's; "" = it gave none
    QByteArray model; ///< the provider's; "" = it named none
};

struct TextDelta
{
    QByteArray text;
};

struct ThinkingDelta
{
    QByteArray text;
};

/// Ends the thinking block that the ThinkingDeltas before it have built.
struct ThinkingSignature
{
    QByteArray signature;
    QByteArray format;
};

struct RedactedThinking
{
    QByteArray data;
    QByteArray format;
};

struct ToolStart
{
    int index = 0; ///< 0, 1, … within the choice
    QByteArray id;
    QByteArray name;
    QByteArray signature; ///< Gemini's thoughtSignature; "" = none
};

struct ToolArgumentsDelta
{
    int index = 0;
    QByteArray json; ///< a piece; only all of them together are JSON
};

struct Finish
{
    FinishReason reason = FinishReason::Stop;
    QByteArray stopSequence; ///< the one that was hit; "" = none or not told
};

/// Counts so far; each report replaces the one before.
struct UsageReport
{
    Usage usage;
};

/// The reply is broken; nothing follows.
struct ReplyFailure
{
    common::Error error;
};

/// One step of a reply, in no dialect.
struct CanonicalEvent
{
    std::variant<
        MessageStart,
        TextDelta,
        ThinkingDelta,
        ThinkingSignature,
        RedactedThinking,
        ToolStart,
        ToolArgumentsDelta,
        Finish,
        UsageReport,
        ReplyFailure>
        what;
    int choice = 0; ///< 0..n-1
};

using EventList = std::vector<CanonicalEvent>;

struct ReplyChoice
{
    std::vector<ContentBlock> blocks; ///< text, tool use, thinking
    Finish finish;
};

/// A whole reply.
struct CanonicalReply
{
    QByteArray id;
    QByteArray model;
    std::vector<ReplyChoice> choices; ///< at its index
    Usage usage;
};

} // namespace freerelay::dialects
