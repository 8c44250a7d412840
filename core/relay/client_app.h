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

/// clientApp() where most requests come from the program that sent the last one: that one's answer
/// is kept, since looking for secrets costs more than the rest of reading a head. One thread.
class LastClientApp
{
public:
    /// @return valid until the next call
    [[nodiscard]] const ClientApp &of(const QByteArray &userAgent);

private:
    QByteArray m_userAgent;
    ClientApp m_app; ///< of m_userAgent
};

} // namespace freerelay::relay
