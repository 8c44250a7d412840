#include "key_manager.h"

#include "core/common/private_file.h"
#include "core/keys/key_binding.h"
#include "core/keys/key_text.h"
#include "core/keys/keychain_backend.h"
#include "core/keys/later.h"
#include "core/keys/session_secret_store.h"

#include <QFileInfo>
#include <QSet>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::keys {

using common::Error;
using common::ErrorKind;
using common::failure;
using common::Result;

namespace {

constexpr KeySource savedSources[] = {KeySource::Session, KeySource::Keychain, KeySource::File};

const QString &configuredMark()
{
    static const QString name = u"configured"_s;
    return name;
}

const QString &keychainMark()
{
    static const QString name = u"keychain-used"_s;
    return name;
}

QString nameOf(KeySource source)
{
    switch (source) {
    case KeySource::Session:
        return u"this session"_s;
    case KeySource::Keychain:
        return u"keychain"_s;
    case KeySource::File:
        return u"key file"_s;
    case KeySource::Environment:
    case KeySource::DotEnv:
        break;
    }
    return {};
}

} // namespace

KeyManager::KeyManager(KeyPlaces places, std::vector<catalog::Provider> providers, QObject *parent)
    : QObject(parent)
    , m_places(std::move(places))
    , m_providers(std::move(providers))
    , m_ring(std::make_shared<const KeyRing>())
{
    const auto keep = [this](KeySource source, std::unique_ptr<SecretStore> store) {
        auto saved = std::make_shared<Saved>();
        saved->store = std::move(store);
        m_saved.insert(source, saved);
    };
    keep(KeySource::Session, std::make_unique<SessionSecretStore>());
    keep(KeySource::Keychain, std::move(m_places.keychain));
    keep(KeySource::File, std::move(m_places.file));
    m_saved[KeySource::Session]->read = true;
    readVariables();
    publish();
}

void KeyManager::readVariables()
{
    m_ignoredNames.clear();
    m_dotEnvMode.clear();
    FoundKeys found = environmentKeys(m_places.environment, m_providers);
    m_variableKeys = std::move(found.keys);
    m_variableProblems = found.problems;
    if (m_places.dotEnvFile.isEmpty()) {
        return;
    }
    const auto dotEnv = readDotEnv(m_places.dotEnvFile, keyVariablesOf(m_providers));
    if (!dotEnv) {
        m_variableProblems.append(dotEnv.error().message);
        return;
    }
    FoundKeys more = dotEnvKeys(*dotEnv, m_providers);
    m_variableKeys.insert(m_variableKeys.end(), more.keys.begin(), more.keys.end());
    m_variableProblems << dotEnv->problems << more.problems;
    m_ignoredNames = dotEnv->ignored;
    m_dotEnvMode = dotEnv->mode;
}

void KeyManager::publish()
{
    std::vector<Key> keys = m_variableKeys;
    for (const KeySource source : savedSources) {
        appendSaved(keys, source);
    }
    // The same key in two sources is one key; the earlier source wins.
    QSet<QByteArray> seen;
    std::erase_if(keys, [&seen](const Key &key) {
        const QByteArray identity = key.provider + ' ' + key.fingerprint;
        const bool again = seen.contains(identity);
        seen.insert(identity);
        return again;
    });
    auto ring = std::make_shared<KeyRing>(std::move(keys));
    ring->unreadable = unreadable();
    ring->isBeingRead = isBeingRead();
    if (!ring->isEmpty()) {
        markConfigured();
    }
    m_ring.publish(std::move(ring));
    Q_EMIT ringChanged();
}

void KeyManager::appendSaved(std::vector<Key> &keys, KeySource source) const
{
    for (const StoredKey &stored : m_saved.value(source)->keys) {
        keys.push_back(
            {stored.provider,
             stored.secret,
             stored.secret.fingerprint(),
             source,
             nameOf(source),
             stored.boundHost});
    }
}

bool KeyManager::isBeingRead() const
{
    return std::any_of(std::begin(savedSources), std::end(savedSources), [this](KeySource source) {
        const Saved &saved = *m_saved.value(source);
        return saved.store && !saved.read;
    });
}

QString KeyManager::unreadable() const
{
    if (isBeingRead()) {
        return u"Saved keys are still being read."_s;
    }
    for (const KeySource source : savedSources) {
        if (isRealFailure(source)) {
            return m_saved.value(source)->error->message;
        }
    }
    return {};
}

bool KeyManager::isRealFailure(KeySource source) const
{
    const std::optional<Error> &error = m_saved.value(source)->error;
    if (!error) {
        return false;
    }
    // Nothing can be missed in a keychain that does not exist and never held anything.
    return error->param != keychain_reason::noService || isMarked(keychainMark());
}

void KeyManager::load(Done done)
{
    auto pending = std::make_shared<int>(1);
    const auto finished = [this, pending, done = std::move(done)] {
        if (--*pending == 0) {
            onAllRead(done);
        }
    };
    for (const KeySource source : savedSources) {
        const std::shared_ptr<Saved> saved = m_saved.value(source);
        if (!saved->store) {
            saved->read = true;
            continue;
        }
        saved->read = source == KeySource::Session;
        ++*pending;
        saved->store->readAll([this, source, finished](Result<std::vector<StoredKey>> keys) {
            onRead(source, std::move(keys));
            finished();
        });
    }
    publish();
    QMetaObject::invokeMethod(this, finished, Qt::QueuedConnection);
}

void KeyManager::onRead(KeySource source, Result<std::vector<StoredKey>> keys)
{
    Saved &saved = *m_saved.value(source);
    saved.read = true;
    saved.error.reset();
    if (!keys) {
        saved.error = std::move(keys.error());
        return;
    }
    saved.keys = *std::move(keys);
    if (source == KeySource::Keychain && !saved.keys.empty()) {
        mark(keychainMark());
    }
}

void KeyManager::onAllRead(const Done &done)
{
    publish();
    for (const KeySource source : savedSources) {
        if (isRealFailure(source)) {
            done(failure(*m_saved.value(source)->error));
            return;
        }
    }
    done({});
}

void KeyManager::setProviders(std::vector<catalog::Provider> providers)
{
    m_providers = std::move(providers);
    readVariables();
    publish();
}

Result<StoredKey> KeyManager::prepared(
    const QByteArray &provider,
    const common::Secret &key,
    const QByteArray &baseUrl,
    KeySource storage) const
{
    const bool known = std::any_of(m_providers.begin(), m_providers.end(), [&](const auto &one) {
        return one.id == provider;
    });
    if (!known) {
        return failure(
            ErrorKind::NotFound,
            u"There is no provider “%1”."_s.arg(QString::fromLatin1(provider)));
    }
    if (!m_saved.contains(storage) || !m_saved.value(storage)->store) {
        return failure(ErrorKind::InvalidArgument, u"Keys cannot be kept there."_s);
    }
    if (auto carried = mayCarryKeys(baseUrl); !carried) {
        return failure(std::move(carried.error()));
    }
    auto clean = keyFromText(key.reveal(), u"The key"_s);
    if (!clean) {
        return failure(std::move(clean.error()));
    }
    const QByteArray host = hostOf(baseUrl);
    for (const StoredKey &stored : m_saved.value(storage)->keys) {
        const bool same = stored.provider == provider && stored.boundHost == host;
        if (same && stored.secret.equals(clean->reveal())) {
            return failure(ErrorKind::AlreadyExists, u"This key is already saved."_s);
        }
    }
    return StoredKey{provider, {}, host, *std::move(clean)};
}

void KeyManager::add(
    const QByteArray &provider,
    const common::Secret &key,
    const QByteArray &baseUrl,
    KeySource storage,
    Done done)
{
    auto stored = prepared(provider, key, baseUrl, storage);
    if (!stored) {
        answerLater<void>(this, std::move(done), failure(std::move(stored.error())));
        return;
    }
    SecretStore &store = *m_saved.value(storage)->store;
    store.write(
        *std::move(stored), [this, storage, done = std::move(done)](Result<StoredKey> written) {
            onWritten(storage, std::move(written), done);
        });
}

void KeyManager::onWritten(KeySource source, Result<StoredKey> key, const Done &done)
{
    if (!key) {
        done(failure(std::move(key.error())));
        return;
    }
    Saved &saved = *m_saved.value(source);
    saved.keys.push_back(*std::move(key));
    dropOlderOnes(source, saved.keys.back());
    if (source == KeySource::Keychain) {
        mark(keychainMark());
    }
    publish();
    done({});
}

void KeyManager::dropOlderOnes(KeySource source, const StoredKey &newest)
{
    Saved &saved = *m_saved.value(source);
    const StoredKey kept = newest;
    std::erase_if(saved.keys, [&](const StoredKey &key) {
        const bool older = key.provider == kept.provider && key.id != kept.id
            && key.secret.equals(kept.secret.reveal());
        if (older) {
            // If that fails, the older one is back at the next start, to be removed then.
            saved.store->remove(key.provider, key.id, [](const Result<void> &) {});
        }
        return older;
    });
}

void KeyManager::remove(const QByteArray &provider, const QByteArray &fingerprint, Done done)
{
    for (const KeySource source : savedSources) {
        for (const StoredKey &stored : m_saved.value(source)->keys) {
            if (stored.provider != provider || stored.secret.fingerprint() != fingerprint) {
                continue;
            }
            const QByteArray id = stored.id;
            m_saved.value(source)->store->remove(
                provider, id, [this, source, provider, id, done](Result<void> removed) {
                    // Gone by other means is gone as well.
                    if (removed || removed.error().kind == ErrorKind::NotFound) {
                        dropSaved(source, provider, id);
                        removed = {};
                    }
                    done(std::move(removed));
                });
            return;
        }
    }
    answerLater<void>(this, std::move(done), failure(notRemovable(provider, fingerprint)));
}

void KeyManager::dropSaved(KeySource source, const QByteArray &provider, const QByteArray &id)
{
    std::erase_if(m_saved.value(source)->keys, [&](const StoredKey &key) {
        return key.provider == provider && key.id == id;
    });
    publish();
}

Error KeyManager::notRemovable(const QByteArray &provider, const QByteArray &fingerprint) const
{
    for (const Key &key : m_variableKeys) {
        if (key.provider == provider && key.fingerprint == fingerprint) {
            return {
                ErrorKind::InvalidArgument,
                u"The key comes from %1; remove it there."_s.arg(key.sourceName)};
        }
    }
    return {ErrorKind::NotFound, u"There is no such key."_s};
}

std::vector<KeyOffer> KeyManager::offers() const
{
    return offeredTokens(m_places.environment, m_providers);
}

QStringList KeyManager::problems() const
{
    QStringList sentences = m_variableProblems;
    for (const KeySource source : savedSources) {
        if (isRealFailure(source)) {
            sentences.append(m_saved.value(source)->error->message);
        }
    }
    return sentences;
}

bool KeyManager::everConfigured() const
{
    return isMarked(configuredMark()) || !m_ring.load()->isEmpty();
}

void KeyManager::markConfigured()
{
    mark(configuredMark());
}

bool KeyManager::isMarked(const QString &name) const
{
    return QFileInfo::exists(m_places.stateFolder % u'/' % name);
}

void KeyManager::mark(const QString &name)
{
    if (isMarked(name)) {
        return;
    }
    auto written = common::writePrivateFile(m_places.stateFolder % u'/' % name, {});
    if (!written && !m_variableProblems.contains(written.error().message)) {
        m_variableProblems.append(written.error().message);
    }
}

} // namespace freerelay::keys
