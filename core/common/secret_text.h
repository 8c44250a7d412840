#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

namespace freerelay::common {

class Secret;

/// How secrets look in text, for whatever masks them. All of these: pure; any thread.

/// What stands for a masked secret.
inline constexpr QByteArrayView secretMark = "[redacted]";

/// Whether `run` (letters, digits, '-', '_', '*') is at least ten bytes long and begins as the keys
/// of a known provider or host do (resources/catalog/providers.yaml, key_prefix).
[[nodiscard]] bool startsLikeKey(QByteArrayView run);

/// `text` without what stands where secrets stand: behind "Bearer" and "Basic"; behind names such
/// as api_key=, token:, "password":, ?key=; before the '@' of an address.
[[nodiscard]] QString maskNamedSecrets(QString text);

/// Masks this very value in `text`, also as it looks percent-encoded in an address. Values below
/// six bytes are words that anybody may write, and stay.
void maskValue(QByteArray &text, const Secret &value);

} // namespace freerelay::common
