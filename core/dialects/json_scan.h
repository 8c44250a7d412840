#pragma once

#include <QByteArrayView>

namespace freerelay::dialects {

// Where values end in text that parseJson() has accepted. Every walk is bounded by the end of the
// enclosing value: even if the text had not been checked nothing would be read beyond it.

[[nodiscard]] inline bool isJsonSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// The first byte from `p` on that is no white space.
[[nodiscard]] inline const char *skipSpace(const char *p, const char *end)
{
    while (p < end && isJsonSpace(*p)) {
        ++p;
    }
    return p;
}

/// The start of the first member or element of `container`; null for an empty one.
[[nodiscard]] inline const char *firstInside(QByteArrayView container)
{
    if (container.isEmpty()) {
        return nullptr;
    }
    const char *const end = container.data() + container.size();
    const char *const p = skipSpace(container.data() + 1, end);
    return p == end || *p == '}' || *p == ']' ? nullptr : p;
}

/// The start of the next member or element behind `p`; null at the closing bracket.
[[nodiscard]] inline const char *nextAfter(const char *p, const char *end)
{
    p = skipSpace(p, end);
    return p < end && *p == ',' ? skipSpace(p + 1, end) : nullptr;
}

/// @param p  after an opening quote
/// @return   at the closing one
[[nodiscard]] const char *skipString(const char *p, const char *end);

/// @param p  at the first byte of a value
/// @return   behind it
[[nodiscard]] const char *skipValue(const char *p, const char *end);

/// The start of the value whose name ends at `keyEnd`, its closing quote.
[[nodiscard]] inline const char *valueAfter(const char *keyEnd, const char *end)
{
    const auto behind = [end](const char *p) { return p < end ? p + 1 : end; };
    return skipSpace(behind(skipSpace(behind(keyEnd), end)), end);
}

} // namespace freerelay::dialects
