#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace freerelay::relay {

/// Which program asks, by its own word: for people, never for a permission.
struct ClientApp
{
    QByteArray name; ///< at most 48 bytes of letters, digits and @._+-/; "" = unknown
    QByteArray version; ///< at most 24 bytes; "" = unknown
};

/// The first product of a User-Agent header (RFC 9110, 10.1.5) without comments and whatever looks
/// like a secret: "claude-cli/1.0.2 (external, cli)" → claude-cli, 1.0.2; "OpenAI/Python 1.40.0" →
/// OpenAI/Python, 1.40.0. Pure; any thread.
[[nodiscard]] ClientApp clientApp(QByteArrayView userAgent);

} // namespace freerelay::relay
