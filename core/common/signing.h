#pragma once

#include "core/common/secret.h"

#include <QByteArray>
#include <QByteArrayView>

namespace freerelay::common {

/// Ed25519 (RFC 8032). Pure; any thread.
namespace signing {

inline constexpr int seedBytes = 32;
inline constexpr int publicKeyBytes = 32;
inline constexpr int signatureBytes = 64;

/// The public half of the key that `seed` stands for.
/// @param seed  seedBytes bytes
[[nodiscard]] QByteArray publicKeyOf(const Secret &seed);

/// @return signatureBytes bytes
[[nodiscard]] QByteArray sign(const Secret &seed, QByteArrayView message);

/// False as well for a key or a signature of the wrong length.
[[nodiscard]] bool
isSignedBy(const QByteArray &publicKey, QByteArrayView message, const QByteArray &signature);

} // namespace signing

} // namespace freerelay::common
