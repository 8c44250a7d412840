#pragma once

#include "core/keys/keychain_backend.h"

#include <QObject>

namespace QKeychain { // NOLINT(readability-identifier-naming): qtkeychain's own name
class Job;
} // namespace QKeychain

namespace freerelay::keys {

/// The system's keychain through qtkeychain: Secret Service or KWallet, macOS Keychain, Windows
/// Credential Manager. qtkeychain's own plain-text fallback stays off.
class QtKeychainBackend final : public QObject, public KeychainBackend
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(QtKeychainBackend)

public:
    /// @param service  name under which the entries are filed: "freerelay"
    explicit QtKeychainBackend(QString service, QObject *parent = nullptr);

    ~QtKeychainBackend() override = default;

    void read(const QString &entry, Callback<common::Secret> done) override;
    void write(const QString &entry, const common::Secret &value, Callback<void> done) override;
    void remove(const QString &entry, Callback<void> done) override;
    void askLocked(std::function<void(std::optional<bool>)> done) override;

private:
    /// Fails the call later where no keychain can be reached. @return true when it did
    template <typename T> [[nodiscard]] bool refuseWithoutBus(const Callback<T> &done);
    void start(
        QKeychain::Job *job, const QString &entry, std::function<void(QKeychain::Job &)> finished);

    QString m_service;
};

} // namespace freerelay::keys
