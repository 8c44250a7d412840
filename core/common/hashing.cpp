#include "hashing.h"

#include <sodium.h>

namespace freerelay::common {

namespace {

static_assert(sizeof(crypto_hash_sha256_state) == 104);
static_assert(sizeof(crypto_generichash_state) == 384);
static_assert(crypto_hash_sha256_BYTES == hashBytes);
static_assert(crypto_generichash_BYTES == hashBytes);

auto *sha256(std::array<std::byte, 104> &state)
{
    return reinterpret_cast<crypto_hash_sha256_state *>(state.data());
}

auto *blake2b(std::array<std::byte, 384> &state)
{
    return reinterpret_cast<crypto_generichash_state *>(state.data());
}

const unsigned char *bytesOf(QByteArrayView data)
{
    return reinterpret_cast<const unsigned char *>(data.data());
}

unsigned char *bytesOf(QByteArray &data)
{
    return reinterpret_cast<unsigned char *>(data.data());
}

} // namespace

Sha256::Sha256()
{
    crypto_hash_sha256_init(sha256(m_state));
}

Sha256 &Sha256::add(QByteArrayView bytes)
{
    crypto_hash_sha256_update(
        sha256(m_state), bytesOf(bytes), static_cast<unsigned long long>(bytes.size()));
    return *this;
}

QByteArray Sha256::finish()
{
    QByteArray hash(hashBytes, Qt::Uninitialized);
    crypto_hash_sha256_final(sha256(m_state), bytesOf(hash));
    return hash;
}

KeyedHash::KeyedHash(const Secret &key)
{
    Q_ASSERT(
        key.reveal().size() >= crypto_generichash_KEYBYTES_MIN
        && key.reveal().size() <= crypto_generichash_KEYBYTES_MAX);
    crypto_generichash_init(
        blake2b(m_state),
        bytesOf(key.reveal()),
        static_cast<std::size_t>(key.reveal().size()),
        hashBytes);
}

KeyedHash &KeyedHash::add(QByteArrayView bytes)
{
    crypto_generichash_update(
        blake2b(m_state), bytesOf(bytes), static_cast<unsigned long long>(bytes.size()));
    return *this;
}

QByteArray KeyedHash::finish()
{
    QByteArray hash(hashBytes, Qt::Uninitialized);
    crypto_generichash_final(blake2b(m_state), bytesOf(hash), hashBytes);
    return hash;
}

Secret randomKey(int byteCount)
{
    QByteArray bytes(byteCount, Qt::Uninitialized);
    randombytes_buf(bytes.data(), static_cast<std::size_t>(byteCount));
    const Secret key(bytes);
    sodium_memzero(bytes.data(), static_cast<std::size_t>(byteCount));
    return key;
}

} // namespace freerelay::common
