#pragma once

#include <QByteArray>

#include <cstdint>
#include <variant>
#include <vector>

namespace freerelay::dialects {

/// Who can read a thinking signature: the `format` words of OpenRouter's reasoning_details
/// (openrouter.ai/docs, "Preserving reasoning", 2026-11).
inline constexpr char anthropicSignatureFormat[] = "anthropic-claude-v1";
inline constexpr char googleSignatureFormat[] = "google-gemini-v1";

struct TextBlock
{
    QByteArray text;
    bool refusal = false; ///< the model declined: OpenAI's `refusal`
};

enum class MediaKind : std::uint8_t { Image, Audio, Document };

/// An image, sound or document; exactly one of `base64`, `url` and `fileId` is set.
struct MediaBlock
{
    MediaKind kind = MediaKind::Image;
    QByteArray mediaType; ///< "image/png"; "" for a URL or a file id
    QByteArray base64; ///< as the client wrote it
    QByteArray url; ///< http or https; never fetched by us
    QByteArray fileId; ///< a file that the client uploaded to some provider
    QByteArray fileName;
    QByteArray detail; ///< OpenAI's image detail; "" = not given
};

/// A tool call of the assistant.
struct ToolUseBlock
{
    QByteArray id;
    QByteArray name;
    QByteArray arguments; ///< JSON text as the model wrote it: need not be valid
    QByteArray signature; ///< Gemini's thoughtSignature; "" = none
};

/// What a tool call gave.
struct ToolResultBlock
{
    QByteArray toolUseId;
    std::vector<std::variant<TextBlock, MediaBlock>> content;
    bool isError = false;
};

/// Visible reasoning. Without a signature no provider takes it back.
struct ThinkingBlock
{
    QByteArray text;
    QByteArray signature;
    QByteArray format; ///< who made the signature; "" = unknown
};

/// Reasoning that only its provider can read.
struct RedactedThinkingBlock
{
    QByteArray data;
    QByteArray format;
};

/// A part that has no canonical form: only its own dialect can say it.
struct UnknownBlock
{
    QByteArray type;
    QByteArray json;
};

/// One piece of a message, in the order in which it was written.
struct ContentBlock
{
    std::variant<
        TextBlock,
        MediaBlock,
        ToolUseBlock,
        ToolResultBlock,
        ThinkingBlock,
        RedactedThinkingBlock,
        UnknownBlock>
        value;
    QByteArray cacheControl{}; ///< JSON object ({"type":"ephemeral"}); "" = none
};

} // namespace freerelay::dialects
