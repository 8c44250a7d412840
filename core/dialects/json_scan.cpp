#include "json_scan.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace freerelay::dialects {

namespace {

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

} // namespace

const char *skipString(const char *p, const char *end)
{
    const char *quote = findQuote(p, end);
    while (quote < end && isEscaped(p, quote)) {
        quote = findQuote(quote + 1, end);
    }
    return quote;
}

const char *skipValue(const char *p, const char *end)
{
    if (p < end && *p == '"') {
        return std::min(skipString(p + 1, end) + 1, end);
    }
    if (p < end && (*p == '{' || *p == '[')) {
        return skipContainer(p, end);
    }
    while (p < end && *p != ',' && *p != '}' && *p != ']' && !isJsonSpace(*p)) {
        ++p;
    }
    return p;
}

} // namespace freerelay::dialects
