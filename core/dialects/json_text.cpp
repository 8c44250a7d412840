#include "json_text.h"

#include "core/dialects/openai_chat.h"

#include <algorithm>
#include <array>

#if defined(__SSE2__)
#include <bit>
#include <emmintrin.h>
#endif

namespace freerelay::dialects {

namespace {

/// Of each byte, whether it is ASCII and written as it is.
constexpr auto isPlain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t c = 0x20; c < 0x80; ++c) {
        plain[c] = c != '"' && c != '\\';
    }
    return plain;
}();

/// Length of the well-formed UTF-8 sequence (RFC 3629) at `p`; 0 when it is none.
int sequenceLength(const unsigned char *p, qsizetype left)
{
    const auto follows = [p, left](int at, unsigned char low = 0x80, unsigned char high = 0xBF) {
        return at < left && p[at] >= low && p[at] <= high;
    };
    const unsigned char c = p[0];
    if (c >= 0xC2 && c <= 0xDF) {
        return follows(1) ? 2 : 0;
    }
    if (c >= 0xE0 && c <= 0xEF) {
        const unsigned char low = c == 0xE0 ? 0xA0 : 0x80;
        const unsigned char high = c == 0xED ? 0x9F : 0xBF;
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (c >= 0xF0 && c <= 0xF4) {
        const unsigned char low = c == 0xF0 ? 0x90 : 0x80;
        const unsigned char high = c == 0xF4 ? 0x8F : 0xBF;
        return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

/// The first byte from `p` on that is not ASCII or needs an escape; sixteen bytes at a time.
const unsigned char *endOfPlain(const unsigned char *p, const unsigned char *end)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i slash = _mm_set1_epi8('\\');
    const __m128i blank = _mm_set1_epi8(0x20); // as signed numbers, bytes beyond ASCII are below it
    for (; end - p >= 16; p += 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i *>(p));
        const __m128i special = _mm_or_si128(
            _mm_cmplt_epi8(block, blank),
            _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, slash)));
        const auto marks = static_cast<unsigned>(_mm_movemask_epi8(special));
        if (marks != 0) {
            return p + std::countr_zero(marks);
        }
    }
#endif
    return std::find_if(p, end, [](unsigned char c) { return !isPlain[c]; });
}

/// The first byte from `p` on that is not written as it is.
const unsigned char *endOfVerbatim(const unsigned char *p, const unsigned char *end)
{
    while ((p = endOfPlain(p, end)) < end && *p >= 0x80) {
        const int length = sequenceLength(p, end - p);
        if (length == 0) {
            return p;
        }
        p += length;
    }
    return p;
}

constexpr int longestEscape = 6; // \u00XX
constexpr qsizetype roomForEscapes = 64; // made at a time

/// Writes what stands for a byte that is not written as it is. @return behind it
char *writeEscape(char *out, unsigned char c)
{
    const auto write = [out](QByteArrayView escape) {
        return std::copy(escape.begin(), escape.end(), out);
    };
    switch (c) {
    case '"':
        return write("\\\"");
    case '\\':
        return write("\\\\");
    case '\n':
        return write("\\n");
    case '\r':
        return write("\\r");
    case '\t':
        return write("\\t");
    default:
        break;
    }
    if (c >= 0x80) {
        return write("\xEF\xBF\xBD"); // U+FFFD
    }
    constexpr char digits[] = "0123456789abcdef";
    const std::array<char, longestEscape> escape{
        '\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
    return write(QByteArrayView(escape.data(), longestEscape));
}

} // namespace

void appendJsonString(QByteArray &out, QByteArrayView text)
{
    const auto *from = reinterpret_cast<const unsigned char *>(text.data());
    const auto *const end = from + text.size();
    const qsizetype before = out.size();
    out.resize(before + text.size() + 2); // as long as nothing needs an escape
    char *to = out.data() + before;
    *to++ = '"';
    for (;;) {
        const auto *const special = endOfVerbatim(from, end);
        to = std::copy(from, special, to);
        if (special == end) {
            break;
        }
        const qsizetype written = to - out.constData();
        if (out.size() - written < end - special + longestEscape) {
            out.resize(out.size() + roomForEscapes);
            to = out.data() + written;
        }
        to = writeEscape(to, *special);
        from = special + 1;
    }
    *to++ = '"';
    out.truncate(to - out.constData());
}

QByteArray jsonString(const QByteArray &text)
{
    QByteArray out;
    out.reserve(text.size() + 2);
    appendJsonString(out, text);
    return out;
}

} // namespace freerelay::dialects
