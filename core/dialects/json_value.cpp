#include "json_value.h"

#include "core/dialects/json_scan.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace freerelay::dialects {

namespace {

int hexValue(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return (c | 0x20) - 'a' + 10;
}

char32_t readHex4(const char *p)
{
    char32_t code = 0;
    for (int i = 0; i < 4; ++i) {
        code = code * 16 + static_cast<char32_t>(hexValue(p[i]));
    }
    return code;
}

/// @return  behind what was written
char *writeUtf8(char *out, char32_t code)
{
    if (code < 0x80) {
        *out++ = static_cast<char>(code);
        return out;
    }
    if (code < 0x800) {
        *out++ = static_cast<char>(0xC0 | (code >> 6));
    } else if (code < 0x10000) {
        *out++ = static_cast<char>(0xE0 | (code >> 12));
        *out++ = static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    } else {
        *out++ = static_cast<char>(0xF0 | (code >> 18));
        *out++ = static_cast<char>(0x80 | ((code >> 12) & 0x3F));
        *out++ = static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    }
    *out++ = static_cast<char>(0x80 | (code & 0x3F));
    return out;
}

bool isHighSurrogate(char32_t code)
{
    return code >= 0xD800 && code < 0xDC00;
}

bool isLowSurrogate(char32_t code)
{
    return code >= 0xDC00 && code < 0xE000;
}

/// Reads the \uXXXX whose 'u' is at `p`, with its partner.
/// @param p  becomes the place behind what was read
char32_t readUnicodeEscape(const char *&p, const char *end)
{
    char32_t code = readHex4(p + 1);
    p += 5;
    if (isHighSurrogate(code) && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
        const char32_t low = readHex4(p + 2);
        if (isLowSurrogate(low)) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            p += 6;
        }
    }
    const bool isLone = code >= 0xD800 && code < 0xE000;
    return isLone ? 0xFFFD : code;
}

char simpleEscape(char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c;
    }
}

bool holdsEscape(QByteArrayView raw)
{
    return std::memchr(raw.data(), '\\', std::size_t(raw.size())) != nullptr;
}

} // namespace

bool readsAsItIs(QByteArrayView raw, QByteArrayView plain)
{
    return std::equal(raw.begin(), raw.end(), plain.begin(), [](char is, char wanted) {
        return is == wanted && is != '\\'; // a backslash in both is an escape in one
    });
}

bool readsAsEscaped(QByteArrayView raw, QByteArrayView plain)
{
    return holdsEscape(raw) && unescapeJson(raw) == plain;
}

QByteArray unescapeJson(QByteArrayView raw)
{
    QByteArray text(raw.size(), Qt::Uninitialized); // an escape is longer than what it stands for
    char *out = text.data();
    const char *p = raw.data();
    const char *const end = p + raw.size();
    while (p < end) {
        const void *const found = std::memchr(p, '\\', std::size_t(end - p));
        const char *const slash = found == nullptr ? end : static_cast<const char *>(found);
        out = std::copy(p, slash, out);
        if (slash == end) {
            break;
        }
        p = slash + 1;
        if (*p == 'u') {
            out = writeUtf8(out, readUnicodeEscape(p, end));
        } else {
            *out++ = simpleEscape(*p++);
        }
    }
    text.truncate(out - text.constData());
    return text;
}

JsonType JsonValue::type() const
{
    if (m_text.isEmpty()) {
        return JsonType::Missing;
    }
    switch (m_text.front()) {
    case 'n':
        return JsonType::Null;
    case 't':
    case 'f':
        return JsonType::Bool;
    case '"':
        return JsonType::String;
    case '[':
        return JsonType::Array;
    case '{':
        return JsonType::Object;
    default:
        return JsonType::Number;
    }
}

QByteArray JsonValue::string() const
{
    return unescapeJson(rawString());
}

std::optional<std::int64_t> JsonValue::integer() const
{
    std::int64_t value = 0;
    const auto [last, error] = std::from_chars(begin(), end(), value);
    if (isMissing() || error != std::errc() || last != end()) {
        return std::nullopt;
    }
    return value;
}

std::optional<double> JsonValue::number() const
{
    if (!isNumber()) {
        return std::nullopt;
    }
    double value = 0;
    const auto [last, error] = std::from_chars(begin(), end(), value);
    if (error != std::errc() || last != end() || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

JsonValue JsonValue::walkedTo(QByteArrayView key) const
{
    JsonValue found;
    for (const JsonMember &member : members()) {
        if (member.keyIs(key)) {
            found = member.value;
        }
    }
    return found;
}

JsonValue JsonValue::indexed(QByteArrayView key) const
{
    const char *const text = begin() - m_node->begin;
    const JsonNode *const last = m_node + m_node->size;
    const JsonNode *found = nullptr;
    for (const JsonNode *node = m_node + 1; node < last; node += node->size) {
        if (readsAs(QByteArrayView(text + node->key, text + node->keyEnd), key)) {
            found = node;
        }
    }
    return found == nullptr ? JsonValue() : JsonValue(text, *found);
}

JsonValue JsonValue::first() const
{
    const JsonElements::Iterator it = elements().begin();
    return it != std::default_sentinel ? *it : JsonValue();
}

bool JsonValue::isEmptyContainer() const
{
    return (isObject() || isArray()) && firstInside(m_text) == nullptr;
}

QByteArray JsonMember::key() const
{
    return unescapeJson(rawKey);
}

void JsonContents::walkInto(const JsonValue &container)
{
    m_cursor = firstInside(container.text());
    m_end = container.end();
}

void JsonContents::walkOn(const char *end)
{
    m_cursor = nextAfter(end, m_end);
}

void JsonMembers::Iterator::walkOver()
{
    const char *const keyEnd = skipString(m_cursor + 1, m_end);
    const char *const value = valueAfter(keyEnd, m_end);
    m_member.rawKey = QByteArrayView(m_cursor + 1, keyEnd);
    m_member.value = JsonValue(QByteArrayView(value, skipValue(value, m_end)));
}

void JsonElements::Iterator::walkOver()
{
    m_value = JsonValue(QByteArrayView(m_cursor, skipValue(m_cursor, m_end)));
}

} // namespace freerelay::dialects
