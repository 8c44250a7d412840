#include "file_secret_store.h"

#include "core/common/private_file.h"
#include "core/keys/later.h"
#include "core/keys/stored_key_list.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::keys {

using common::ErrorKind;
using common::failure;
using common::Result;

namespace {

constexpr qint64 maxBytes = 1'024 * 1'024;

} // namespace

FileSecretStore::FileSecretStore(QString fileName)
    : m_fileName(std::move(fileName))
{ }

void FileSecretStore::readAll(Callback<std::vector<StoredKey>> done)
{
    answerLater<std::vector<StoredKey>>(&m_context, std::move(done), load());
}

void FileSecretStore::write(StoredKey key, Callback<StoredKey> done)
{
    answerLater<StoredKey>(&m_context, std::move(done), add(std::move(key)));
}

void FileSecretStore::remove(QByteArray provider, QByteArray id, Callback<void> done)
{
    answerLater<void>(&m_context, std::move(done), drop(provider, id));
}

Result<std::vector<StoredKey>> FileSecretStore::load() const
{
    const auto json = common::readTrustedFile(m_fileName, maxBytes, common::FileTrust::OwnerOnly);
    if (!json && json.error().kind == ErrorKind::NotFound) {
        return std::vector<StoredKey>();
    }
    if (!json) {
        return failure(json.error());
    }
    auto keys = storedKeysFromJson(*json, ListContent::WithSecrets);
    if (!keys) {
        keys.error().kind = ErrorKind::StorageFailed;
        keys.error().message = m_fileName % u": "_s % keys.error().message;
    }
    return keys;
}

Result<void> FileSecretStore::save(const std::vector<StoredKey> &keys) const
{
    return common::writePrivateFile(m_fileName, toJson(keys, ListContent::WithSecrets));
}

Result<StoredKey> FileSecretStore::add(StoredKey key) const
{
    auto keys = load();
    if (!keys) {
        return failure(std::move(keys.error()));
    }
    key.id = newKeyId();
    keys->push_back(key);
    if (auto saved = save(*keys); !saved) {
        return failure(std::move(saved.error()));
    }
    const auto again = load();
    const bool kept = again && !again->empty() && again->back().id == key.id
        && again->back().secret.equals(key.secret.reveal());
    if (!kept) {
        return failure(
            ErrorKind::StorageFailed, m_fileName % u": the key could not be read back."_s);
    }
    return key;
}

Result<void> FileSecretStore::drop(const QByteArray &provider, const QByteArray &id) const
{
    auto keys = load();
    if (!keys) {
        return failure(std::move(keys.error()));
    }
    const auto removed = std::erase_if(
        *keys, [&](const StoredKey &key) { return key.provider == provider && key.id == id; });
    if (removed == 0) {
        return failure(ErrorKind::NotFound, u"There is no such key in the file."_s);
    }
    return save(*keys);
}

} // namespace freerelay::keys
