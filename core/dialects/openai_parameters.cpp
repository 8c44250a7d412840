#include "openai_parameters.h"

#include <algorithm>
#include <array>
#include <limits>

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

namespace {

using Shape = ParameterSpec::Shape;

constexpr double unbounded = std::numeric_limits<double>::max();

/// Sorted by length, then by name: a name is looked up among the few of its length.
constexpr std::array specs{
    ParameterSpec{"n", Parameter::N, Shape::Integer, 1, 128},
    ParameterSpec{"seed", Parameter::Other, Shape::Integer},
    ParameterSpec{"stop", Parameter::Stop, Shape::StringOrArray},
    ParameterSpec{"user", Parameter::OpenAiOnly, Shape::String},
    ParameterSpec{"audio", Parameter::OpenAiOnly, Shape::Object},
    ParameterSpec{"model", Parameter::Model, Shape::String},
    ParameterSpec{"store", Parameter::OpenAiOnly, Shape::Boolean},
    ParameterSpec{"tools", Parameter::Tools, Shape::Array},
    ParameterSpec{"top_p", Parameter::TopP, Shape::Number, 0, 1},
    ParameterSpec{"stream", Parameter::Stream, Shape::Boolean},
    ParameterSpec{"logprobs", Parameter::OpenAiOnly, Shape::Boolean},
    ParameterSpec{"messages", Parameter::Messages, Shape::Array},
    ParameterSpec{"metadata", Parameter::OpenAiOnly, Shape::Object},
    ParameterSpec{"functions", Parameter::Functions, Shape::Array},
    ParameterSpec{"verbosity", Parameter::OpenAiOnly, Shape::String},
    ParameterSpec{"logit_bias", Parameter::OpenAiOnly, Shape::Object},
    ParameterSpec{"max_tokens", Parameter::MaxTokens, Shape::Integer, 1, unbounded},
    ParameterSpec{"modalities", Parameter::OpenAiOnly, Shape::Array},
    ParameterSpec{"moderation", Parameter::OpenAiOnly, Shape::Any},
    ParameterSpec{"prediction", Parameter::Other, Shape::Object},
    ParameterSpec{"temperature", Parameter::Temperature, Shape::Number, 0, 2},
    ParameterSpec{"tool_choice", Parameter::ToolChoice, Shape::StringOrObject},
    ParameterSpec{"service_tier", Parameter::OpenAiOnly, Shape::String},
    ParameterSpec{"top_logprobs", Parameter::OpenAiOnly, Shape::Integer, 0, 20},
    ParameterSpec{"function_call", Parameter::OpenAiOnly, Shape::StringOrObject},
    ParameterSpec{"stream_options", Parameter::StreamOptions, Shape::Object},
    ParameterSpec{"response_format", Parameter::ResponseFormat, Shape::Object},
    ParameterSpec{"presence_penalty", Parameter::Other, Shape::Number, -2, 2},
    ParameterSpec{"prompt_cache_key", Parameter::OpenAiOnly, Shape::String},
    ParameterSpec{"reasoning_effort", Parameter::Other, Shape::String},
    ParameterSpec{"frequency_penalty", Parameter::Other, Shape::Number, -2, 2},
    ParameterSpec{"safety_identifier", Parameter::OpenAiOnly, Shape::String},
    ParameterSpec{"web_search_options", Parameter::OpenAiOnly, Shape::Object},
    ParameterSpec{"parallel_tool_calls", Parameter::ParallelToolCalls, Shape::Boolean},
    ParameterSpec{"prompt_cache_options", Parameter::OpenAiOnly, Shape::Object},
    ParameterSpec{
        "max_completion_tokens", Parameter::MaxCompletionTokens, Shape::Integer, 1, unbounded},
    ParameterSpec{"prompt_cache_retention", Parameter::OpenAiOnly, Shape::String},
};

static_assert(std::is_sorted(specs.begin(), specs.end(), [](const auto &a, const auto &b) {
    return a.name.size() < b.name.size();
}));

QString typeName(JsonType type)
{
    switch (type) {
    case JsonType::Null:
        return u"null"_s;
    case JsonType::Bool:
        return u"a boolean"_s;
    case JsonType::Number:
        return u"a number"_s;
    case JsonType::String:
        return u"a string"_s;
    case JsonType::Array:
        return u"an array"_s;
    case JsonType::Object:
        return u"an object"_s;
    case JsonType::Missing:
        break;
    }
    return u"nothing"_s;
}

QString expectedName(Shape shape)
{
    switch (shape) {
    case Shape::Array:
        return u"an array"_s;
    case Shape::Boolean:
        return u"a boolean"_s;
    case Shape::Integer:
        return u"an integer"_s;
    case Shape::Number:
        return u"a decimal"_s;
    case Shape::Object:
        return u"an object"_s;
    case Shape::String:
        return u"a string"_s;
    case Shape::StringOrArray:
        return u"a string or an array of strings"_s;
    case Shape::StringOrObject:
        return u"a string or an object"_s;
    case Shape::Any:
        break;
    }
    return u"any value"_s;
}

bool hasShape(Shape shape, JsonValue value)
{
    switch (shape) {
    case Shape::Any:
        return true;
    case Shape::Array:
        return value.isArray();
    case Shape::Boolean:
        return value.isBool();
    case Shape::Integer:
        return value.integer().has_value();
    case Shape::Number:
        return value.number().has_value();
    case Shape::Object:
        return value.isObject();
    case Shape::String:
        return value.isString();
    case Shape::StringOrArray:
        return value.isString() || value.isArray();
    case Shape::StringOrObject:
        return value.isString() || value.isObject();
    }
    return false;
}

} // namespace

common::Error wrongType(const QString &param, const QString &expected, JsonValue got)
{
    return {
        common::ErrorKind::InvalidArgument,
        u"Invalid type for '%1': expected %2, but got %3 instead."_s.arg(
            param, expected, typeName(got.type())),
        {},
        param,
        {}};
}

const ParameterSpec *parameterSpec(QByteArrayView name)
{
    const auto shorter = [](const ParameterSpec &spec, qsizetype size) {
        return spec.name.size() < size;
    };
    const auto *it = std::lower_bound(specs.begin(), specs.end(), name.size(), shorter);
    for (; it != specs.end() && it->name.size() == name.size(); ++it) {
        if (it->name == name) {
            return it;
        }
    }
    return nullptr;
}

std::optional<common::Error> checkParameter(const ParameterSpec &spec, JsonValue value)
{
    if (value.isNull()) {
        return std::nullopt;
    }
    if (!hasShape(spec.shape, value)) {
        return wrongType(QString::fromLatin1(spec.name), expectedName(spec.shape), value);
    }
    if (spec.minimum == spec.maximum) {
        return std::nullopt;
    }
    const double number = value.number().value_or(spec.minimum);
    const bool low = number < spec.minimum;
    if (!low && number <= spec.maximum) {
        return std::nullopt;
    }
    const QString name = QString::fromLatin1(spec.name);
    const QString pattern = low
        ? u"Invalid '%1': value below minimum. Expected a value >= %2, but got %3 instead."_s
        : u"Invalid '%1': value above maximum. Expected a value <= %2, but got %3 instead."_s;
    const QString bound = QString::number(low ? spec.minimum : spec.maximum);
    return common::Error{
        common::ErrorKind::InvalidArgument,
        pattern.arg(
            name,
            bound,
            QString::fromLatin1(value.text().first(qMin<qsizetype>(value.text().size(), 40)))),
        {},
        name,
        {}};
}

} // namespace freerelay::dialects
