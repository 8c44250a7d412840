#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <array>
#include <string_view>

namespace freerelay::gateway {

namespace detail {

constexpr std::array<char, 256> makeTokenTable()
{
    std::array<char, 256> table{};
    for (char c = 'a'; c <= 'z'; ++c) {
        table[static_cast<std::size_t>(c)] = c;
        table[static_cast<std::size_t>(c - 'a' + 'A')] = c;
    }
    for (const char c : std::string_view("0123456789!#$%&'*+-.^_`|~")) {
        table[static_cast<std::size_t>(c)] = c;
    }
    return table;
}

inline constexpr std::array<char, 256> tokenTable = makeTokenTable();

} // namespace detail

/// Lower-case form of a character that may stand in a token (RFC 9110 5.6.2); 0 for any other.
[[nodiscard]] inline char lowerTokenChar(char c)
{
    return detail::tokenTable[static_cast<unsigned char>(c)];
}

/// `raw` in lower case; empty when it is not a token. The names that clients send with every
/// request are shared and cost no allocation.
[[nodiscard]] QByteArray headerName(QByteArrayView raw);

/// Without spaces and tabs at both ends.
[[nodiscard]] QByteArrayView trimmedBlanks(QByteArrayView text);

/// Control characters other than tab: they must not stand in a header value.
[[nodiscard]] bool hasControl(QByteArrayView text);

/// Whether the comma-separated list `value` has the element `token`, in any case.
[[nodiscard]] bool hasToken(QByteArrayView value, QByteArrayView token);

[[nodiscard]] inline bool isControl(char c)
{
    return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
}

[[nodiscard]] inline bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// Value of a hexadecimal digit; -1 for any other character.
[[nodiscard]] inline int hexDigit(char c)
{
    if (isDigit(c)) {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

} // namespace freerelay::gateway
