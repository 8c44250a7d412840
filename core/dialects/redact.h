#pragma once

#include <QByteArray>

namespace freerelay::dialects {

/// `text` with everything that looks like a key or token replaced by "[redacted]": the known
/// prefixes of provider keys (providers.yaml, key_prefix) and runs of 32 or more letters and
/// digits, which also hides account and organisation ids; and what stands
/// where secrets stand (common::maskNamedSecrets). Providers quote the key that they refuse.
[[nodiscard]] QByteArray redactSecrets(QByteArray text);

} // namespace freerelay::dialects
