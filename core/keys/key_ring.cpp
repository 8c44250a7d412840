#include "key_ring.h"

namespace freerelay::keys {

KeyRing::KeyRing(std::vector<Key> keys)
{
    for (Key &key : keys) {
        const QByteArray provider = key.provider;
        m_keys[provider].push_back(std::move(key));
    }
}

const std::vector<Key> &KeyRing::keysFor(QByteArrayView provider) const
{
    static const std::vector<Key> none;
    const auto found = m_keys.constFind(QByteArray::fromRawData(provider.data(), provider.size()));
    return found == m_keys.constEnd() ? none : *found;
}

} // namespace freerelay::keys
