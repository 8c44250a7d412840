#pragma once

#include "core/keys/keychain_backend.h"
#include "core/keys/secret_store.h"

#include <QObject>

#include <deque>
#include <memory>

namespace freerelay::keys {

/// Keys in the system's keychain: one entry per key, and one that lists them with the host each is
/// bound to. Every key is read back after it was written; whatever fails is an error in words
/// (KeychainUnavailable, see keychain_reason), never a silent copy elsewhere. Operations run one
/// after the other. Main thread only.
class KeychainSecretStore final : public SecretStore
{
public:
    explicit KeychainSecretStore(std::unique_ptr<KeychainBackend> backend);

    void readAll(Callback<std::vector<StoredKey>> done) override;
    void write(StoredKey key, Callback<StoredKey> done) override;
    void remove(QByteArray provider, QByteArray id, Callback<void> done) override;

private:
    using Keys = std::vector<StoredKey>;

    void enqueue(std::function<void()> operation);
    void startNext();
    /// Ends the running operation: the next one may start before `done` destroys the store.
    template <typename T> void finish(const Callback<T> &done, common::Result<T> result);

    void readIndex(Callback<Keys> done);
    void writeIndex(const Keys &keys, Callback<void> done);
    void
    readSecrets(const std::shared_ptr<Keys> &keys, std::size_t next, const Callback<Keys> &done);
    void writeChecked(const StoredKey &key, const Callback<void> &done);
    void addToIndex(Keys keys, const StoredKey &key, const Callback<StoredKey> &done);
    void removeFrom(Keys keys, const StoredKey &key, const Callback<void> &done);
    /// Finds out whether "not found" or a failure means "locked".
    void explain(common::Error error, std::function<void(common::Error)> done);

    std::deque<std::function<void()>> m_queue;
    bool m_running = false;
    QObject m_context; ///< what is due later dies with it
    std::unique_ptr<KeychainBackend> m_backend; ///< destroyed first: its callbacks name the store
};

} // namespace freerelay::keys
