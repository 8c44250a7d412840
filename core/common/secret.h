#pragma once

#include <QByteArray>
#include <QString>

namespace freerelay::common {

/// A key or token. It cannot be streamed to a log, wipes its bytes when destroyed, and compares
/// in constant time. Copies share nothing: each copy is wiped on its own.
class Secret
{
public:
    Secret() = default;
    explicit Secret(const QByteArray &bytes);
    Secret(const Secret &other);
    Secret(Secret &&other) noexcept;
    Secret &operator=(const Secret &other);
    Secret &operator=(Secret &&other) noexcept;
    ~Secret();

    [[nodiscard]] bool isEmpty() const { return m_bytes.isEmpty(); }
    /// The bytes themselves, for the one place that puts them on a wire or into the keychain.
    [[nodiscard]] const QByteArray &reveal() const { return m_bytes; }
    /// What may be shown: first three and last four characters ("gsk…9f2c"), or "…" when shorter
    /// than twelve characters.
    [[nodiscard]] QString masked() const;
    /// Sixteen hex digits of a keyed BLAKE2b hash; identifies the key in logs and tables without
    /// telling anything about it. The key of the hash is that of setFingerprintKey(), or one that
    /// is drawn when the process starts.
    [[nodiscard]] QByteArray fingerprint() const;
    /// Constant-time comparison (libsodium sodium_memcmp); lengths may leak.
    [[nodiscard]] bool equals(QByteArrayView other) const;

private:
    void wipe();
    QByteArray m_bytes;
};

/// Loads libsodium. Call once before the first Secret is hashed or compared; false when the
/// library cannot be initialised.
[[nodiscard]] bool initialiseCrypto();

/// Fingerprints are made with this key from now on, so that those of several runs can be compared.
/// Before other threads ask for one.
/// @param key  fingerprintKeyBytes of randomness
void setFingerprintKey(const Secret &key);
inline constexpr int fingerprintKeyBytes = 32; // crypto_generichash_KEYBYTES

/// `byteCount` random bytes as lower-case hex, from the system's generator.
[[nodiscard]] QByteArray randomHex(int byteCount);

/// The same for many small ones: one system call fetches the bytes of some forty. For identifiers,
/// not for secrets (what is not used yet lies in memory). One thread.
class RandomIds
{
public:
    /// @param byteCount  1..64
    [[nodiscard]] QByteArray next(int byteCount);

private:
    QByteArray m_pool;
    qsizetype m_used = 0;
};

} // namespace freerelay::common
