#include "keychain_secret_store.h"

#include "core/keys/later.h"
#include "core/keys/stored_key_list.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::keys {

using common::Error;
using common::ErrorKind;
using common::failure;
using common::Result;
using common::Secret;

namespace {

const QString &indexEntry()
{
    static const QString name = u"index"_s;
    return name;
}

QString entryOf(const StoredKey &key)
{
    return u"key/"_s % QString::fromLatin1(key.provider) % u'/' % QString::fromLatin1(key.id);
}

} // namespace

KeychainSecretStore::KeychainSecretStore(std::unique_ptr<KeychainBackend> backend)
    : m_backend(std::move(backend))
{ }

void KeychainSecretStore::readAll(Callback<Keys> done)
{
    enqueue([this, done = std::move(done)] {
        readIndex([this, done](Result<Keys> keys) {
            if (!keys) {
                finish(done, std::move(keys));
                return;
            }
            readSecrets(
                std::make_shared<Keys>(*std::move(keys)), 0, [this, done](Result<Keys> all) {
                    finish(done, std::move(all));
                });
        });
    });
}

void KeychainSecretStore::write(StoredKey key, Callback<StoredKey> done)
{
    key.id = newKeyId();
    enqueue([this, key = std::move(key), done = std::move(done)] {
        readIndex([this, key, done](const Result<Keys> &keys) {
            if (!keys) {
                finish<StoredKey>(done, failure(keys.error()));
                return;
            }
            writeChecked(key, [this, key, keys = *keys, done](const Result<void> &written) {
                if (!written) {
                    finish<StoredKey>(done, failure(written.error()));
                    return;
                }
                addToIndex(keys, key, done);
            });
        });
    });
}

void KeychainSecretStore::remove(QByteArray provider, QByteArray id, Callback<void> done)
{
    const StoredKey key{std::move(provider), std::move(id), {}, {}};
    enqueue([this, key, done = std::move(done)] {
        readIndex([this, key, done](Result<Keys> keys) {
            if (!keys) {
                finish<void>(done, failure(std::move(keys.error())));
                return;
            }
            removeFrom(*std::move(keys), key, done);
        });
    });
}

void KeychainSecretStore::enqueue(std::function<void()> operation)
{
    m_queue.push_back(std::move(operation));
    QMetaObject::invokeMethod(
        &m_context, [this] { startNext(); }, Qt::QueuedConnection);
}

void KeychainSecretStore::startNext()
{
    if (m_running || m_queue.empty()) {
        return;
    }
    m_running = true;
    const std::function<void()> operation = std::move(m_queue.front());
    m_queue.pop_front();
    operation();
}

template <typename T> void KeychainSecretStore::finish(const Callback<T> &done, Result<T> result)
{
    m_running = false;
    QMetaObject::invokeMethod(
        &m_context, [this] { startNext(); }, Qt::QueuedConnection);
    done(std::move(result));
}

void KeychainSecretStore::readIndex(Callback<Keys> done)
{
    m_backend->read(indexEntry(), [this, done = std::move(done)](Result<Secret> json) {
        if (!json) {
            explain(std::move(json.error()), [done](Error error) {
                if (error.kind == ErrorKind::NotFound) {
                    done(Keys()); // unlocked, and nothing was ever saved
                } else {
                    done(failure(std::move(error)));
                }
            });
            return;
        }
        auto keys = storedKeysFromJson(json->reveal(), ListContent::WithoutSecrets);
        if (!keys) {
            done(failure(keychainError(keychain_reason::failed, keys.error().message)));
            return;
        }
        done(std::move(keys));
    });
}

void KeychainSecretStore::writeIndex(const Keys &keys, Callback<void> done)
{
    m_backend->write(
        indexEntry(), Secret(toJson(keys, ListContent::WithoutSecrets)), std::move(done));
}

void KeychainSecretStore::readSecrets(
    const std::shared_ptr<Keys> &keys, std::size_t next, const Callback<Keys> &done)
{
    if (next == keys->size()) {
        // An entry that somebody removed by other means is gone; the list still names it.
        std::erase_if(*keys, [](const StoredKey &key) { return key.secret.isEmpty(); });
        done(std::move(*keys));
        return;
    }
    m_backend->read(entryOf((*keys)[next]), [this, keys, next, done](Result<Secret> secret) {
        if (!secret && secret.error().kind != ErrorKind::NotFound) {
            explain(std::move(secret.error()), [done](Error error) {
                done(failure(std::move(error)));
            });
            return;
        }
        if (secret) {
            (*keys)[next].secret = *std::move(secret);
        }
        readSecrets(keys, next + 1, done);
    });
}

void KeychainSecretStore::writeChecked(const StoredKey &key, const Callback<void> &done)
{
    m_backend->write(entryOf(key), key.secret, [this, key, done](const Result<void> &written) {
        if (!written) {
            explain(written.error(), [done](Error error) { done(failure(std::move(error))); });
            return;
        }
        m_backend->read(entryOf(key), [done, key](const Result<Secret> &back) {
            if (back && back->equals(key.secret.reveal())) {
                done({});
                return;
            }
            const QString detail = back ? u"It gave back something else than was written."_s
                                        : u"What was written could not be read back."_s;
            done(failure(keychainError(keychain_reason::failed, detail)));
        });
    });
}

void KeychainSecretStore::addToIndex(
    Keys keys, const StoredKey &key, const Callback<StoredKey> &done)
{
    keys.push_back(key);
    writeIndex(keys, [this, key, done](const Result<void> &written) {
        if (written) {
            finish<StoredKey>(done, key);
            return;
        }
        // A key that no list names would stay for ever; whether this works changes nothing.
        m_backend->remove(
            entryOf(key), [this, done, error = written.error()](const Result<void> &) {
                finish<StoredKey>(done, failure(error));
            });
    });
}

void KeychainSecretStore::removeFrom(Keys keys, const StoredKey &key, const Callback<void> &done)
{
    const auto removed = std::erase_if(keys, [&key](const StoredKey &one) {
        return one.provider == key.provider && one.id == key.id;
    });
    if (removed == 0) {
        finish<void>(
            done, failure(ErrorKind::NotFound, u"There is no such key in the keychain."_s));
        return;
    }
    m_backend->remove(entryOf(key), [this, keys = std::move(keys), done](const Result<void> &gone) {
        if (!gone && gone.error().kind != ErrorKind::NotFound) {
            explain(gone.error(), [this, done](Error error) {
                finish<void>(done, failure(std::move(error)));
            });
            return;
        }
        writeIndex(keys, [this, done](Result<void> written) { finish(done, std::move(written)); });
    });
}

void KeychainSecretStore::explain(Error error, std::function<void(Error)> done)
{
    // A locked keychain whose prompt nobody could answer says "denied" on some machines.
    const bool unclear = error.kind == ErrorKind::NotFound || error.param == keychain_reason::failed
        || error.param == keychain_reason::denied;
    if (!unclear) {
        done(std::move(error));
        return;
    }
    m_backend->askLocked(
        [error = std::move(error), done = std::move(done)](std::optional<bool> locked) mutable {
            if (locked.value_or(false)) {
                done(keychainError(keychain_reason::locked, error.detail));
            } else {
                done(std::move(error));
            }
        });
}

} // namespace freerelay::keys
