#include "json_value.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace freerelay::dialects {

namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// Every walk is bounded by the end of the enclosing value: the text has been validated, and even
// if it had not been nothing would be read beyond it.

const char *skipSpace(const char *p, const char *end)
{
    while (p < end && isSpace(*p)) {
        ++p;
    }
    return p;
}

/// Whether the byte at `p` stands behind an odd number of backslashes. @param begin  not escaped
bool isEscaped(const char *begin, const char *p)
{
    const char *first = p;
    while (first > begin && first[-1] == '\\') {
        --first;
    }
    return (p - first) % 2 != 0;
}

/// The first quote from `p` on, escaped or not; `end` when there is none.
const char *findQuote(const char *p, const char *end)
{
#if defined(__SSE2__)
    // Names and words are short: a call of the library would take longer than they do.
    if (end - p >= 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i *>(p));
        const auto quotes = static_cast<unsigned>(
            _mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('"'))));
        if (quotes != 0) {
            return p + std::countr_zero(quotes);
        }
        p += 16;
    }
#endif
    const void *const quote = std::memchr(p, '"', std::size_t(end - p));
    return quote == nullptr ? end : static_cast<const char *>(quote);
}

/// @param p  after the opening quote
/// @return   at the closing quote
const char *skipString(const char *p, const char *end)
{
    const char *quote = findQuote(p, end);
    while (quote < end && isEscaped(p, quote)) {
        quote = findQuote(quote + 1, end);
    }
    return quote;
}

/// The rest of skipContainer(), byte by byte. @param depth  of the brackets that are open
const char *skipContainerSlowly(const char *p, const char *end, int depth)
{
    for (; p < end; ++p) {
        switch (*p) {
        case '"':
            p = skipString(p + 1, end);
            break;
        case '{':
        case '[':
            ++depth;
            break;
        case '}':
        case ']':
            if (--depth == 0) {
                return p + 1;
            }
            break;
        default:
            break;
        }
    }
    return end;
}

#if defined(__SSE2__)
/// Where 64 bytes that begin outside of a string have something that matters; bit 0 = the first.
struct Marks
{
    std::uint64_t quotes = 0; ///< that are not escaped
    std::uint64_t opening = 0; ///< brackets, also those in strings
    std::uint64_t closing = 0;
    bool endsEscaped = false; ///< the byte behind is
};

/// The bytes that a backslash before them escapes. @return the same for the byte behind, in `after`
std::uint64_t escapedBy(std::uint64_t slashes, bool &after)
{
    std::uint64_t escaped = 0;
    after = false;
    while (slashes != 0) {
        const int at = std::countr_zero(slashes);
        after = at == 63;
        const std::uint64_t next = after ? 0 : std::uint64_t{2} << at;
        escaped |= next;
        slashes &= ~(next | std::uint64_t{1} << at);
    }
    return escaped;
}

Marks marksIn(const char *p)
{
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i slash = _mm_set1_epi8('\\');
    const __m128i open = _mm_set1_epi8('{');
    const __m128i close = _mm_set1_epi8('}');
    const __m128i caseBit = _mm_set1_epi8(0x20); // '[' and ']' become '{' and '}'
    Marks marks;
    std::uint64_t slashes = 0;
    for (int i = 0; i < 4; ++i) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i *>(p) + i);
        const __m128i brackets = _mm_or_si128(block, caseBit);
        const auto bits = [i](__m128i equal) {
            return std::uint64_t(static_cast<unsigned>(_mm_movemask_epi8(equal))) << (16 * i);
        };
        marks.quotes |= bits(_mm_cmpeq_epi8(block, quote));
        slashes |= bits(_mm_cmpeq_epi8(block, slash));
        marks.opening |= bits(_mm_cmpeq_epi8(brackets, open));
        marks.closing |= bits(_mm_cmpeq_epi8(brackets, close));
    }
    if (slashes != 0) {
        marks.quotes &= ~escapedBy(slashes, marks.endsEscaped);
    }
    return marks;
}

/// Bit n of the result: an odd number of the bits 0 to n is set.
std::uint64_t parityUpTo(std::uint64_t bits)
{
    for (int shift = 1; shift < 64; shift *= 2) {
        bits ^= bits << shift;
    }
    return bits;
}

/// Brackets are looked for in 64 bytes at a time.
const char *skipContainer(const char *p, const char *end)
{
    int depth = 0;
    while (end - p >= 64) {
        const Marks marks = marksIn(p);
        const std::uint64_t inside = parityUpTo(marks.quotes);
        std::uint64_t brackets = (marks.opening | marks.closing) & ~inside;
        for (; brackets != 0; brackets &= brackets - 1) {
            const int at = std::countr_zero(brackets);
            depth += (marks.opening >> at & 1U) != 0 ? 1 : -1;
            if (depth == 0) {
                return p + at + 1;
            }
        }
        p += 64;
        if (inside >> 63 != 0) {
            const char *const unescaped = std::min(p + (marks.endsEscaped ? 1 : 0), end);
            p = std::min(skipString(unescaped, end) + 1, end);
        }
    }
    return skipContainerSlowly(p, end, depth);
}
#else
const char *skipContainer(const char *p, const char *end)
{
    return skipContainerSlowly(p, end, 0);
}
#endif

const char *skipValue(const char *p, const char *end)
{
    if (p < end && *p == '"') {
        return std::min(skipString(p + 1, end) + 1, end);
    }
    if (p < end && (*p == '{' || *p == '[')) {
        return skipContainer(p, end);
    }
    while (p < end && *p != ',' && *p != '}' && *p != ']' && !isSpace(*p)) {
        ++p;
    }
    return p;
}

/// The start of the next member or element after `p`; null at the closing bracket.
const char *nextAfter(const char *p, const char *end)
{
    p = skipSpace(p, end);
    return p < end && *p == ',' ? skipSpace(p + 1, end) : nullptr;
}

/// The start of the first member or element of `container`; null for an empty one.
const char *firstInside(QByteArrayView container)
{
    if (container.isEmpty()) {
        return nullptr;
    }
    const char *const end = container.data() + container.size();
    const char *const p = skipSpace(container.data() + 1, end);
    return p == end || *p == '}' || *p == ']' ? nullptr : p;
}

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

bool readsAsWhole(QByteArrayView raw, QByteArrayView plain)
{
    if (raw.size() == plain.size()) { // a backslash in both is an escape in one
        return std::memcmp(raw.data(), plain.data(), std::size_t(raw.size())) == 0
            && !holdsEscape(raw);
    }
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

JsonValue JsonValue::operator[](QByteArrayView key) const
{
    JsonValue found;
    for (const JsonMember &member : members()) {
        if (member.keyIs(key)) {
            found = member.value;
        }
    }
    return found;
}

JsonMembers JsonValue::members() const
{
    return JsonMembers(isObject() ? m_text : QByteArrayView());
}

JsonElements JsonValue::elements() const
{
    return JsonElements(isArray() ? m_text : QByteArrayView());
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

JsonMembers::Iterator::Iterator(QByteArrayView object)
    : m_cursor(firstInside(object))
    , m_end(object.data() + object.size())
{
    read();
}

JsonMembers::Iterator &JsonMembers::Iterator::operator++()
{
    m_cursor = nextAfter(m_member.value.end(), m_end);
    read();
    return *this;
}

void JsonMembers::Iterator::read()
{
    if (m_cursor == nullptr) {
        return;
    }
    const char *const keyEnd = skipString(m_cursor + 1, m_end);
    m_member.rawKey = QByteArrayView(m_cursor + 1, keyEnd);
    const char *const colon = skipSpace(std::min(keyEnd + 1, m_end), m_end);
    const char *const value = skipSpace(std::min(colon + 1, m_end), m_end);
    m_member.value = JsonValue(QByteArrayView(value, skipValue(value, m_end)));
}

JsonElements::Iterator::Iterator(QByteArrayView array)
    : m_cursor(firstInside(array))
    , m_end(array.data() + array.size())
{
    read();
}

JsonElements::Iterator &JsonElements::Iterator::operator++()
{
    m_cursor = nextAfter(m_value.end(), m_end);
    read();
    return *this;
}

void JsonElements::Iterator::read()
{
    if (m_cursor != nullptr) {
        m_value = JsonValue(QByteArrayView(m_cursor, skipValue(m_cursor, m_end)));
    }
}

} // namespace freerelay::dialects
