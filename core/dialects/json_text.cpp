#include "json_text.h"

#include "core/dialects/openai_chat.h"

#include <array>

#if defined(__SSE2__)
#include <bit>
#include <emmintrin.h>
#endif

namespace freerelay::dialects {

namespace {

bool needsEscape(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

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

/// The first byte from `at` on that is not ASCII or needs an escape; sixteen bytes at a time.
qsizetype endOfPlain(const unsigned char *bytes, qsizetype at, qsizetype size)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i slash = _mm_set1_epi8('\\');
    const __m128i blank = _mm_set1_epi8(0x20); // as signed numbers, bytes beyond ASCII are below it
    for (; size - at >= 16; at += 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i *>(bytes + at));
        const __m128i special = _mm_or_si128(
            _mm_cmplt_epi8(block, blank),
            _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, slash)));
        const auto marks = static_cast<unsigned>(_mm_movemask_epi8(special));
        if (marks != 0) {
            return at + std::countr_zero(marks);
        }
    }
#endif
    while (at < size && bytes[at] < 0x80 && !needsEscape(bytes[at])) {
        ++at;
    }
    return at;
}

void appendEscaped(QByteArray &out, unsigned char c)
{
    switch (c) {
    case '"':
        out.append("\\\"");
        return;
    case '\\':
        out.append("\\\\");
        return;
    case '\n':
        out.append("\\n");
        return;
    case '\r':
        out.append("\\r");
        return;
    case '\t':
        out.append("\\t");
        return;
    default:
        break;
    }
    constexpr char digits[] = "0123456789abcdef";
    const std::array<char, 6> escape{'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
    out.append(escape.data(), escape.size());
}

} // namespace

void appendJsonString(QByteArray &out, QByteArrayView text)
{
    const auto *const bytes = reinterpret_cast<const unsigned char *>(text.data());
    out.append('"');
    qsizetype done = 0;
    qsizetype at = 0;
    const auto flush = [&] { out.append(text.sliced(done, at - done)); };
    while ((at = endOfPlain(bytes, at, text.size())) < text.size()) {
        const unsigned char c = bytes[at];
        const int length = c < 0x80 ? 0 : sequenceLength(bytes + at, text.size() - at);
        if (length > 0) {
            at += length;
            continue;
        }
        flush();
        if (c < 0x80) {
            appendEscaped(out, c);
        } else {
            out.append("\xEF\xBF\xBD");
        }
        done = ++at;
    }
    flush();
    out.append('"');
}

QByteArray jsonString(const QByteArray &text)
{
    QByteArray out;
    out.reserve(text.size() + 2);
    appendJsonString(out, text);
    return out;
}

} // namespace freerelay::dialects
