#pragma once

#include "core/keys/keychain_backend.h"

#include <QCoreApplication>
#include <QMap>
#include <QObject>

#include <memory>

namespace freerelay::tests {

/// What a test's keychain holds and how it misbehaves; shared with the backend, and outliving it.
struct FakeKeychain
{
    QMap<QString, QByteArray> entries;
    bool locked = false; ///< reads say "not found" and writes fail, as the Secret Service does
    QLatin1StringView failure; ///< a keychain_reason that every operation fails with
    QString failWritesTo; ///< writes of this entry fail
    bool forgetsWrites = false;
    bool garblesWrites = false;
    int running = 0; ///< operations that were started and not answered
    int mostAtOnce = 0; ///< the largest `running` ever seen
};

class FakeKeychainBackend final : public keys::KeychainBackend
{
public:
    explicit FakeKeychainBackend(std::shared_ptr<FakeKeychain> keychain)
        : m_keychain(std::move(keychain))
    { }

    void read(const QString &entry, Callback<common::Secret> done) override
    {
        common::Result<common::Secret> result = common::failure(
            common::ErrorKind::NotFound, QStringLiteral("not found"));
        if (!m_keychain->failure.isEmpty()) {
            result = failing();
        } else if (!m_keychain->locked && m_keychain->entries.contains(entry)) {
            result = common::Secret(m_keychain->entries.value(entry));
        }
        answer(std::move(done), std::move(result));
    }

    void write(const QString &entry, const common::Secret &value, Callback<void> done) override
    {
        common::Result<void> result;
        if (!m_keychain->failure.isEmpty()) {
            result = failing();
        } else if (m_keychain->locked || entry == m_keychain->failWritesTo) {
            result = common::failure(keys::keychainError(
                keys::keychain_reason::failed, QStringLiteral("prompt failed")));
        } else if (!m_keychain->forgetsWrites) {
            m_keychain->entries.insert(
                entry, m_keychain->garblesWrites ? QByteArray("garbled") : value.reveal());
        }
        answer(std::move(done), std::move(result));
    }

    void remove(const QString &entry, Callback<void> done) override
    {
        common::Result<void> result;
        if (!m_keychain->failure.isEmpty()) {
            result = failing();
        } else if (m_keychain->locked || m_keychain->entries.remove(entry) == 0) {
            result = common::failure(common::ErrorKind::NotFound, QStringLiteral("not found"));
        }
        answer(std::move(done), std::move(result));
    }

    void askLocked(std::function<void(std::optional<bool>)> done) override
    {
        QMetaObject::invokeMethod(
            &m_context,
            [this, done = std::move(done)] { done(m_keychain->locked); },
            Qt::QueuedConnection);
    }

private:
    [[nodiscard]] tl::unexpected<common::Error> failing() const
    {
        return common::failure(keys::keychainError(m_keychain->failure, QStringLiteral("fake")));
    }

    template <typename T> void answer(Callback<T> done, common::Result<T> result)
    {
        m_keychain->running += 1;
        m_keychain->mostAtOnce = std::max(m_keychain->mostAtOnce, m_keychain->running);
        QMetaObject::invokeMethod(
            &m_context,
            [this, done = std::move(done), result = std::move(result)]() mutable {
                m_keychain->running -= 1;
                done(std::move(result));
            },
            Qt::QueuedConnection);
    }

    std::shared_ptr<FakeKeychain> m_keychain;
    QObject m_context;
};

} // namespace freerelay::tests
