#pragma once

#include "core/catalog/types.h"
#include "core/common/environment.h"
#include "core/common/published.h"
#include "core/common/result.h"
#include "core/keys/key_ring.h"
#include "core/keys/key_sources.h"
#include "core/keys/secret_store.h"

#include <QHash>
#include <QObject>
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace freerelay::keys {

/// Where a KeyManager looks for keys, and where it keeps its two marks.
struct KeyPlaces
{
    common::Environment environment;
    QString dotEnvFile; ///< "" = none
    std::unique_ptr<SecretStore> keychain;
    std::unique_ptr<SecretStore> file;
    QString stateFolder; ///< holds the empty files "configured" and "keychain-used"
};

/// All keys of all sources, published as one ring in the order of precedence: environment, `.env`,
/// this session, keychain, file. Main thread only; other threads read ring().
class KeyManager final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyManager)

public:
    using Done = std::function<void(common::Result<void>)>;

    /// Reads and publishes what needs no waiting: environment and `.env`.
    KeyManager(
        KeyPlaces places, std::vector<catalog::Provider> providers, QObject *parent = nullptr);

    ~KeyManager() override = default;

    [[nodiscard]] const common::Published<KeyRing> &ring() const { return m_ring; }

    /// Reads keychain and file, then calls `done`; until then KeyRing::unreadable says so. Also for
    /// trying again. `done` gets KeychainUnavailable (with a keychain_reason as `param`) or the
    /// file's error; a keychain service that does not exist is no error as long as no key was
    /// ever saved in it.
    void load(Done done);

    /// The catalogue has changed: looks into environment and `.env` again.
    void setProviders(std::vector<catalog::Provider> providers);

    /// Keeps a key, bound to the host of `baseUrl`, the address in force for the provider.
    /// @param storage  Session, Keychain, or File (only after the user agreed to plain text)
    /// @return (through `done`) InvalidArgument for what cannot be a key or a storage, NotFound for
    ///         an unknown provider, AlreadyExists, PermissionDenied when keys must not travel to
    ///         `baseUrl`, KeychainUnavailable in words (Session or File may be offered then),
    ///         StorageFailed
    void
    add(const QByteArray &provider,
        const common::Secret &key,
        const QByteArray &baseUrl,
        KeySource storage,
        Done done);

    /// Forgets a saved key. NotFound when there is none; InvalidArgument when it comes from a
    /// variable, naming it.
    void remove(const QByteArray &provider, const QByteArray &fingerprint, Done done);

    /// Tokens in the environment that the user may choose to use.
    [[nodiscard]] std::vector<KeyOffer> offers() const;
    /// Names in `.env` that are not listened to.
    [[nodiscard]] const QStringList &ignoredNames() const { return m_ignoredNames; }
    /// Value of FREERELAY_MODE in `.env`; empty when there is none.
    [[nodiscard]] const QByteArray &dotEnvMode() const { return m_dotEnvMode; }
    /// What is wrong with the sources, one sentence each; never a key.
    [[nodiscard]] QStringList problems() const;

    /// Was any provider ever configured here? Then the demo provider stays silent.
    [[nodiscard]] bool everConfigured() const;
    /// For ways of configuring that need no key (consent to a keyless provider, a local server).
    void markConfigured();

Q_SIGNALS:
    /// ring() holds another ring.
    void ringChanged();

private:
    /// A store and what it held when it was last read.
    struct Saved
    {
        std::unique_ptr<SecretStore> store;
        std::vector<StoredKey> keys;
        std::optional<common::Error> error;
        bool read = false;
    };

    void readVariables();
    void publish();
    void appendSaved(std::vector<Key> &keys, KeySource source) const;
    [[nodiscard]] bool isBeingRead() const;
    [[nodiscard]] QString unreadable() const;
    [[nodiscard]] bool isRealFailure(KeySource source) const;
    void onRead(KeySource source, common::Result<std::vector<StoredKey>> keys);
    void onAllRead(const Done &done);
    void onWritten(KeySource source, common::Result<StoredKey> key, const Done &done);
    [[nodiscard]] common::Result<StoredKey> prepared(
        const QByteArray &provider,
        const common::Secret &key,
        const QByteArray &baseUrl,
        KeySource storage) const;
    /// The same key, saved for another host before, is now bound to the new one only.
    void dropOlderOnes(KeySource source, const StoredKey &newest);
    void dropSaved(KeySource source, const QByteArray &provider, const QByteArray &id);
    [[nodiscard]] common::Error
    notRemovable(const QByteArray &provider, const QByteArray &fingerprint) const;
    void mark(const QString &name);
    [[nodiscard]] bool isMarked(const QString &name) const;

    KeyPlaces m_places;
    std::vector<catalog::Provider> m_providers;
    std::vector<Key> m_variableKeys;
    QStringList m_ignoredNames;
    QByteArray m_dotEnvMode;
    QStringList m_variableProblems;
    QHash<KeySource, std::shared_ptr<Saved>> m_saved;
    common::Published<KeyRing> m_ring;
};

} // namespace freerelay::keys
