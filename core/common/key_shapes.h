#pragma once

#include <QByteArrayView>

namespace freerelay::common {

/// Whether `run` (letters, digits, '-', '_', '*') is at least ten bytes long and begins as the keys
/// of a known provider or host do (resources/catalog/providers.yaml, key_prefix). Pure; any thread.
[[nodiscard]] bool startsLikeKey(QByteArrayView run);

} // namespace freerelay::common
