#include "signing.h"

#include <sodium.h>

#include <array>

namespace freerelay::common::signing {

namespace {

static_assert(seedBytes == crypto_sign_SEEDBYTES);
static_assert(publicKeyBytes == crypto_sign_PUBLICKEYBYTES);
static_assert(signatureBytes == crypto_sign_BYTES);

const unsigned char *bytesOf(QByteArrayView data)
{
    return reinterpret_cast<const unsigned char *>(data.data());
}

unsigned char *bytesOf(QByteArray &data)
{
    return reinterpret_cast<unsigned char *>(data.data());
}

/// libsodium's long form of a seed; wiped when it goes.
struct KeyPair
{
    explicit KeyPair(const Secret &seed)
    {
        Q_ASSERT(seed.reveal().size() == seedBytes);
        crypto_sign_seed_keypair(bytesOf(publicKey), secretKey.data(), bytesOf(seed.reveal()));
    }
    ~KeyPair() { sodium_memzero(secretKey.data(), secretKey.size()); }
    KeyPair(const KeyPair &) = delete;
    KeyPair &operator=(const KeyPair &) = delete;

    QByteArray publicKey = QByteArray(publicKeyBytes, '\0');
    std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secretKey{};
};

} // namespace

QByteArray publicKeyOf(const Secret &seed)
{
    return KeyPair(seed).publicKey;
}

QByteArray sign(const Secret &seed, QByteArrayView message)
{
    const KeyPair pair(seed);
    QByteArray signature(signatureBytes, '\0');
    crypto_sign_detached(
        bytesOf(signature),
        nullptr,
        bytesOf(message),
        static_cast<unsigned long long>(message.size()),
        pair.secretKey.data());
    return signature;
}

bool isSignedBy(const QByteArray &publicKey, QByteArrayView message, const QByteArray &signature)
{
    return publicKey.size() == publicKeyBytes && signature.size() == signatureBytes
        && crypto_sign_verify_detached(
               bytesOf(signature),
               bytesOf(message),
               static_cast<unsigned long long>(message.size()),
               bytesOf(publicKey))
        == 0;
}

} // namespace freerelay::common::signing
