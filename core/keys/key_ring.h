#pragma once

#include "core/common/secret.h"

#include <QByteArray>
#include <QHash>
#include <QString>

#include <vector>

namespace freerelay::keys {

/// Where a key came from, in the order of precedence (earlier wins).
enum class KeySource { Environment, DotEnv, Session, Keychain, File };

/// One usable key of a provider.
struct Key
{
    QByteArray provider;
    common::Secret secret;
    QByteArray fingerprint; ///< Secret::fingerprint()
    KeySource source = KeySource::Environment;
    QString sourceName; ///< for people: "GROQ_API_KEY", ".env: GROQ_API_KEY", "keychain"
    /// "host" or "host:port" it may be sent to; empty = the provider's shipped host or a base URL
    /// that the user configured in the same source (environment).
    QByteArray boundHost;
};

/// All keys, by provider. Immutable snapshot; any thread.
class KeyRing
{
public:
    KeyRing() = default;
    explicit KeyRing(std::vector<Key> keys);

    /// In order of precedence; empty when the provider has none.
    [[nodiscard]] const std::vector<Key> &keysFor(QByteArrayView provider) const;
    [[nodiscard]] bool isEmpty() const { return m_keys.isEmpty(); }

    /// Set when keys may exist that cannot be read (keychain locked, denied or failing): the demo
    /// provider must then not step in. A sentence for people; empty otherwise.
    QString unreadable;
    /// That is only so because they are still being read.
    bool isBeingRead = false;

private:
    QHash<QByteArray, std::vector<Key>> m_keys;
};

} // namespace freerelay::keys
