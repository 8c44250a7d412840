#include "session_secret_store.h"

#include "core/keys/later.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::keys {

void SessionSecretStore::readAll(Callback<std::vector<StoredKey>> done)
{
    answerLater<std::vector<StoredKey>>(&m_context, std::move(done), m_keys);
}

void SessionSecretStore::write(StoredKey key, Callback<StoredKey> done)
{
    key.id = newKeyId();
    m_keys.push_back(key);
    answerLater<StoredKey>(&m_context, std::move(done), std::move(key));
}

void SessionSecretStore::remove(QByteArray provider, QByteArray id, Callback<void> done)
{
    const auto removed = std::erase_if(
        m_keys, [&](const StoredKey &key) { return key.provider == provider && key.id == id; });
    common::Result<void> result;
    if (removed == 0) {
        result = common::failure(
            common::ErrorKind::NotFound, u"There is no such key in this session."_s);
    }
    answerLater<void>(&m_context, std::move(done), std::move(result));
}

} // namespace freerelay::keys
