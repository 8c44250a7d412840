#pragma once

#include "core/keys/secret_store.h"

#include <QObject>

namespace freerelay::keys {

/// Keeps keys in memory until the program ends.
class SessionSecretStore final : public SecretStore
{
public:
    void readAll(Callback<std::vector<StoredKey>> done) override;
    void write(StoredKey key, Callback<StoredKey> done) override;
    void remove(QByteArray provider, QByteArray id, Callback<void> done) override;

private:
    std::vector<StoredKey> m_keys;
    QObject m_context; ///< what is due later dies with it
};

} // namespace freerelay::keys
