#pragma once

#include "core/common/secret.h"

#include <QByteArray>
#include <QByteArrayView>

#include <array>
#include <cstddef>

namespace freerelay::common {

/// Bytes of every hash here.
inline constexpr qsizetype hashBytes = 32;

/// SHA-256 (FIPS 180-4), piece by piece. A copy goes on from where the original stands. One
/// thread.
class Sha256
{
public:
    Sha256();
    Sha256 &add(QByteArrayView bytes);
    /// The hash, 32 bytes; nothing may be added after that.
    [[nodiscard]] QByteArray finish();

    [[nodiscard]] static QByteArray of(QByteArrayView bytes)
    {
        return Sha256().add(bytes).finish();
    }

private:
    alignas(8) std::array<std::byte, 104> m_state; ///< libsodium's
};

/// BLAKE2b-256 with a key (RFC 7693), piece by piece: who does not know the key cannot find out a
/// short text by trying. One thread.
class KeyedHash
{
public:
    /// @param key  16..64 bytes
    explicit KeyedHash(const Secret &key);
    KeyedHash &add(QByteArrayView bytes);
    /// The hash, 32 bytes; nothing may be added after that.
    [[nodiscard]] QByteArray finish();

private:
    alignas(64) std::array<std::byte, 384> m_state; ///< libsodium's
};

/// `byteCount` random bytes from the system's generator, as a key.
[[nodiscard]] Secret randomKey(int byteCount);

} // namespace freerelay::common
