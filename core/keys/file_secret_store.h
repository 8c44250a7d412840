#pragma once

#include "core/keys/secret_store.h"

#include <QObject>
#include <QString>

namespace freerelay::keys {

/// Keeps keys in a file of mode 0600, for machines without a keychain. Nothing here asks for
/// consent: write() is called only after the user has agreed to it. A file that others may read or
/// write is refused (PermissionDenied) until its mode is right.
class FileSecretStore final : public SecretStore
{
public:
    explicit FileSecretStore(QString fileName);

    void readAll(Callback<std::vector<StoredKey>> done) override;
    void write(StoredKey key, Callback<StoredKey> done) override;
    void remove(QByteArray provider, QByteArray id, Callback<void> done) override;

private:
    [[nodiscard]] common::Result<std::vector<StoredKey>> load() const;
    [[nodiscard]] common::Result<void> save(const std::vector<StoredKey> &keys) const;
    [[nodiscard]] common::Result<StoredKey> add(StoredKey key) const;
    [[nodiscard]] common::Result<void> drop(const QByteArray &provider, const QByteArray &id) const;

    QString m_fileName;
    QObject m_context; ///< what is due later dies with it
};

} // namespace freerelay::keys
