#include "secret.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstring>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::common {

namespace {

using HashKey = std::array<unsigned char, crypto_generichash_KEYBYTES>;

HashKey &hashKey()
{
    static HashKey key = [] {
        HashKey fresh{};
        randombytes_buf(fresh.data(), fresh.size());
        return fresh;
    }();
    return key;
}

const unsigned char *bytesOf(const QByteArray &data)
{
    return reinterpret_cast<const unsigned char *>(data.constData());
}

} // namespace

Secret::Secret(const QByteArray &bytes)
    : m_bytes(bytes.constData(), bytes.size())
{ }

Secret::Secret(const Secret &other)
    : m_bytes(other.m_bytes.constData(), other.m_bytes.size())
{ }

Secret::Secret(Secret &&other) noexcept
    : m_bytes(std::move(other.m_bytes))
{ }

Secret &Secret::operator=(const Secret &other)
{
    if (this != &other) {
        wipe();
        m_bytes = QByteArray(other.m_bytes.constData(), other.m_bytes.size());
    }
    return *this;
}

Secret &Secret::operator=(Secret &&other) noexcept
{
    if (this != &other) {
        wipe();
        m_bytes = std::move(other.m_bytes);
    }
    return *this;
}

Secret::~Secret()
{
    wipe();
}

void Secret::wipe()
{
    // A shared buffer belongs to whoever revealed it as well; data() would detach and wipe a copy.
    if (!m_bytes.isEmpty() && m_bytes.isDetached()) {
        sodium_memzero(m_bytes.data(), static_cast<std::size_t>(m_bytes.size()));
    }
    m_bytes.clear();
}

QString Secret::masked() const
{
    constexpr qsizetype shortest = 12;
    if (m_bytes.size() < shortest) {
        return u"…"_s;
    }
    return QString::fromLatin1(m_bytes.left(3)) + u'…' + QString::fromLatin1(m_bytes.right(4));
}

QByteArray Secret::fingerprint() const
{
    std::array<unsigned char, crypto_generichash_BYTES_MIN> hash{};
    const HashKey &key = hashKey();
    crypto_generichash(
        hash.data(),
        hash.size(),
        bytesOf(m_bytes),
        static_cast<unsigned long long>(m_bytes.size()),
        key.data(),
        key.size());
    return QByteArray(reinterpret_cast<const char *>(hash.data()), 8).toHex();
}

bool Secret::equals(QByteArrayView other) const
{
    return m_bytes.size() == other.size()
        && sodium_memcmp(m_bytes.constData(), other.data(), static_cast<std::size_t>(other.size()))
        == 0;
}

bool initialiseCrypto()
{
    return sodium_init() >= 0;
}

void setFingerprintKey(const Secret &key)
{
    static_assert(fingerprintKeyBytes == crypto_generichash_KEYBYTES);
    const QByteArray &bytes = key.reveal();
    Q_ASSERT(bytes.size() == fingerprintKeyBytes);
    std::memcpy(
        hashKey().data(),
        bytes.constData(),
        std::min(hashKey().size(), static_cast<std::size_t>(bytes.size())));
}

QByteArray randomHex(int byteCount)
{
    QByteArray bytes(byteCount, Qt::Uninitialized);
    randombytes_buf(bytes.data(), static_cast<std::size_t>(bytes.size()));
    return bytes.toHex();
}

QByteArray RandomIds::next(int byteCount)
{
    constexpr qsizetype poolBytes = 512;
    if (m_used + byteCount > m_pool.size()) {
        m_pool.resize(poolBytes);
        randombytes_buf(m_pool.data(), static_cast<std::size_t>(m_pool.size()));
        m_used = 0;
    }
    const QByteArray bytes = QByteArray::fromRawData(m_pool.constData() + m_used, byteCount);
    m_used += byteCount;
    return bytes.toHex();
}

} // namespace freerelay::common
