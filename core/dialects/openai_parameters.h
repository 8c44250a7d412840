#pragma once

#include "core/common/error.h"
#include "core/dialects/json_value.h"

#include <QByteArrayView>

#include <cstdint>
#include <optional>

namespace freerelay::dialects {

/// The parameters of a chat request whose value the gateway itself acts on, or only checks.
enum class Parameter : std::uint8_t {
    Unknown, ///< not documented: kept for providers of the same dialect
    Other, ///< documented, only checked
    OpenAiOnly, ///< documented, only checked, and refused by providers with a strict schema
    Functions,
    MaxCompletionTokens,
    MaxTokens,
    Messages,
    Model,
    N,
    ParallelToolCalls,
    ResponseFormat,
    Stop,
    Stream,
    StreamOptions,
    Temperature,
    ToolChoice,
    Tools,
    TopP,
};

/// What the documentation says about one parameter (openai-openapi 2.3.0, 2026-08-21,
/// CreateChatCompletionRequest).
struct ParameterSpec
{
    enum class Shape : std::uint8_t {
        Any,
        Array,
        Boolean,
        Integer,
        Number,
        Object,
        String,
        StringOrArray,
        StringOrObject,
    };

    QByteArrayView name;
    Parameter id = Parameter::Unknown;
    Shape shape = Shape::Any;
    double minimum = 0; ///< for Integer and Number; no bounds when minimum == maximum
    double maximum = 0;
};

/// The documented parameter with that (unescaped) name; null when there is none.
[[nodiscard]] const ParameterSpec *parameterSpec(QByteArrayView name);

/// Checks type and range as OpenAI does. Null is always fine.
/// @return InvalidArgument with `param` = the name
[[nodiscard]] std::optional<common::Error>
checkParameter(const ParameterSpec &spec, JsonValue value);

/// "Invalid type for 'x': expected a y, but got a z instead." with `param` set.
[[nodiscard]] common::Error wrongType(const QString &param, const QString &expected, JsonValue got);

} // namespace freerelay::dialects
