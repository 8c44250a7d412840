#pragma once

#include "core/dialects/canonical/canonical_content.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace freerelay::dialects {

enum class Role : std::uint8_t { User, Assistant };

/// Tool results are blocks of a user message; system text stands apart.
struct CanonicalMessage
{
    Role role = Role::User;
    std::vector<ContentBlock> blocks;
};

struct SystemBlock
{
    QByteArray text;
    QByteArray cacheControl{}; ///< JSON object; "" = none
};

struct ToolDefinition
{
    QByteArray name;
    QByteArray description;
    QByteArray schema; ///< JSON Schema of the arguments; "" = none
    std::optional<bool> strict;
    QByteArray cacheControl{}; ///< JSON object; "" = none
};

struct ToolChoice
{
    enum class Mode : std::uint8_t { Unset, Auto, Any, None, Named };
    Mode mode = Mode::Unset;
    QByteArray name; ///< of Named
    std::vector<QByteArray> allowed; ///< only these tools; empty = all
};

/// A number as the client spelled it ("0.70"), so that same-valued requests stay byte-equal.
struct JsonNumber
{
    QByteArray text;
    double value = 0;
};

struct Sampling
{
    std::optional<JsonNumber> temperature;
    std::optional<JsonNumber> topP;
    std::optional<JsonNumber> topK;
    std::optional<JsonNumber> frequencyPenalty;
    std::optional<JsonNumber> presencePenalty;
    std::optional<JsonNumber> seed;
};

struct ResponseFormat
{
    enum class Kind : std::uint8_t { Text, JsonObject, JsonSchema };
    Kind kind = Kind::Text;
    QByteArray name;
    QByteArray description;
    QByteArray schema; ///< of JsonSchema; JSON text
    std::optional<bool> strict;
};

struct Reasoning
{
    QByteArray effort; ///< none, minimal, low, medium, high, xhigh, max; "" = not given
    std::optional<std::int64_t> budgetTokens;
    [[nodiscard]] bool isGiven() const { return !effort.isEmpty() || budgetTokens.has_value(); }
};

/// A chat request without a dialect: every client dialect can be read into it, every provider
/// dialect written from it. A value; content is copied once, from the client's bytes.
struct CanonicalRequest
{
    qsizetype bytes = 0; ///< of the body that was read: what is written is about as long
    QByteArray model;
    bool stream = false;
    std::vector<SystemBlock> system; ///< all system and developer text, in order
    std::vector<CanonicalMessage> messages;
    std::vector<ToolDefinition> tools;
    ToolChoice toolChoice;
    std::optional<bool> parallelToolCalls;
    Sampling sampling;
    std::vector<QByteArray> stop;
    std::optional<std::int64_t> maxTokens;
    int choices = 1;
    ResponseFormat responseFormat;
    Reasoning reasoning;
    QByteArray user;
    QByteArray metadata; ///< JSON object; "" = none
    QByteArray cacheControl; ///< for the request as a whole; JSON object, "" = none
    /// Members without a place of their own: {name, JSON text}, in the client's order.
    std::vector<std::pair<QByteArray, QByteArray>> extras;
};

} // namespace freerelay::dialects
