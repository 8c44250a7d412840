#pragma once

#include <cstdint>

namespace freerelay::common {

/// Money in millionths of a US dollar. (Without operator<=>: Qt 6.4's moc cannot read <compare>.)
struct MicroUsd
{
    std::int64_t count = 0;

    MicroUsd &operator+=(MicroUsd more)
    {
        count += more.count;
        return *this;
    }
    friend bool operator==(MicroUsd a, MicroUsd b) { return a.count == b.count; }
    friend bool operator>=(MicroUsd a, MicroUsd b) { return a.count >= b.count; }
};

inline constexpr std::int64_t microUsdPerUsd = 1'000'000;

} // namespace freerelay::common
