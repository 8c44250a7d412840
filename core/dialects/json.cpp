#include "json.h"

#include <simdjson.h>

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

namespace {

static_assert(jsonPadding >= qsizetype(simdjson::SIMDJSON_PADDING));

constexpr std::size_t parserDepth = jsonMaxDepth;

/// A parser that has grown beyond this is given up after use: its tape holds about 14 bytes for
/// each byte of text, and most texts are small.
constexpr std::size_t keptCapacity = 1024 * 1024;

simdjson::dom::parser &threadParser()
{
    thread_local simdjson::dom::parser parser;
    return parser;
}

simdjson::error_code check(QByteArrayView text, bool hasPadding)
{
    if (text.isEmpty()) {
        return simdjson::EMPTY; // may be a null pointer, which simdjson does not take
    }
    simdjson::dom::parser &parser = threadParser();
    const auto size = std::size_t(text.size());
    if (parser.capacity() < size || parser.max_depth() != parserDepth) {
        const simdjson::error_code error = parser.allocate(
            std::max<std::size_t>(size, 16 * 1024), parserDepth);
        if (error != simdjson::SUCCESS) {
            return error;
        }
    }
    const simdjson::error_code error
        = parser.parse(text.data(), size, /*realloc_if_needed=*/!hasPadding).error();
    if (parser.capacity() > keptCapacity) {
        parser = simdjson::dom::parser();
    }
    return error;
}

QString sentence(simdjson::error_code error)
{
    switch (error) {
    case simdjson::EMPTY:
        return u"the body is empty, JSON was expected"_s;
    case simdjson::DEPTH_ERROR:
        return u"the JSON is nested deeper than 128 levels"_s;
    case simdjson::UTF8_ERROR:
        return u"the JSON is not valid UTF-8"_s;
    case simdjson::NUMBER_ERROR:
        return u"the JSON holds a malformed or too large number"_s;
    case simdjson::CAPACITY:
        return u"the JSON is too large"_s;
    default:
        return u"the text is not valid JSON"_s;
    }
}

QByteArrayView trimmed(QByteArrayView text)
{
    const auto isSpace = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
    while (!text.isEmpty() && isSpace(text.front())) {
        text = text.sliced(1);
    }
    while (!text.isEmpty() && isSpace(text.back())) {
        text.chop(1);
    }
    return text;
}

common::Result<JsonValue> parse(QByteArrayView text, bool hasPadding)
{
    const simdjson::error_code error = check(text, hasPadding);
    if (error != simdjson::SUCCESS) {
        return common::failure(common::ErrorKind::InvalidArgument, sentence(error));
    }
    return JsonValue(trimmed(text));
}

} // namespace

QByteArray padded(QByteArray text)
{
    if (text.capacity() - text.size() < jsonPadding) {
        text.reserve(text.size() + jsonPadding);
    }
    return text;
}

common::Result<JsonValue> parseJson(const QByteArray &text)
{
    return parse(text, text.capacity() - text.size() >= jsonPadding);
}

common::Result<JsonValue> parseJson(QByteArrayView text)
{
    return parse(text, false);
}

} // namespace freerelay::dialects
