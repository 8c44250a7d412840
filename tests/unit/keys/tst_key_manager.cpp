#include "core/keys/file_secret_store.h"
#include "core/keys/key_manager.h"
#include "core/keys/keychain_secret_store.h"
#include "tests/support/await_result.h"
#include "tests/support/fake_keychain_backend.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::keys;
using namespace freerelay::tests;
using freerelay::common::Environment;
using freerelay::common::ErrorKind;
using freerelay::common::Result;
using freerelay::common::Secret;

namespace {

const QByteArray groqUrl = "https://api.groq.com/openai/v1";

std::vector<freerelay::catalog::Provider> providers()
{
    freerelay::catalog::Provider groq;
    groq.id = "groq";
    groq.keyVariables = {"GROQ_API_KEY"};
    freerelay::catalog::Provider github;
    github.id = "github";
    github.offerVariables = {"GITHUB_TOKEN"};
    return {groq, github};
}

} // namespace

class TestKeyManager final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<FakeKeychain> m_keychain;

    [[nodiscard]] std::unique_ptr<KeyManager>
    manager(QHash<QByteArray, QByteArray> variables = {}) const
    {
        KeyPlaces places{
            Environment(std::move(variables)),
            m_folder->filePath(u".env"_s),
            std::make_unique<KeychainSecretStore>(
                std::make_unique<FakeKeychainBackend>(m_keychain)),
            std::make_unique<FileSecretStore>(m_folder->filePath(u"keys.json"_s)),
            m_folder->filePath(u"state"_s)};
        return std::make_unique<KeyManager>(std::move(places), providers());
    }

    static Result<void> load(KeyManager &manager)
    {
        return awaitResult<void>([&](auto done) { manager.load(done); });
    }

    static Result<void>
    add(KeyManager &manager,
        const QByteArray &key,
        KeySource storage,
        const QByteArray &url = groqUrl)
    {
        return awaitResult<void>(
            [&](auto done) { manager.add("groq", Secret(key), url, storage, done); });
    }

    static Result<void> remove(KeyManager &manager, const QByteArray &key)
    {
        return awaitResult<void>(
            [&](auto done) { manager.remove("groq", Secret(key).fingerprint(), done); });
    }

    static QStringList sourcesOf(const KeyManager &manager)
    {
        QStringList names;
        for (const Key &key : manager.ring().load()->keysFor("groq")) {
            names.append(key.sourceName % u'=' % QString::fromLatin1(key.secret.reveal()));
        }
        return names;
    }

    void writeDotEnv(const QByteArray &text) const
    {
        QFile file(m_folder->filePath(u".env"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();
        QCOMPARE(::chmod(QFile::encodeName(file.fileName()).constData(), 0600), 0);
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(freerelay::common::initialiseCrypto()); }

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_keychain = std::make_shared<FakeKeychain>();
    }

    void variablesAreThereAtOnce()
    {
        writeDotEnv("GROQ_API_KEY=k2\nFREERELAY_MODE=free\nPATH=x\n");
        const auto keys = manager({{"GROQ_API_KEY", "k1"}});
        QCOMPARE(sourcesOf(*keys), (QStringList{u"GROQ_API_KEY=k1"_s, u".env: GROQ_API_KEY=k2"_s}));
        QCOMPARE(keys->dotEnvMode(), "free"_ba);
        QCOMPARE(keys->ignoredNames(), QStringList{u"PATH"_s});
        QVERIFY(!keys->ring().load()->unreadable.isEmpty());
        QVERIFY(keys->ring().load()->isBeingRead);
    }

    void sourcesComeInTheOrderOfPrecedence()
    {
        writeDotEnv("GROQ_API_KEY=k2\n");
        const auto keys = manager({{"GROQ_API_KEY", "k1"}});
        QVERIFY(load(*keys));
        QVERIFY(add(*keys, "k5", KeySource::File));
        QVERIFY(add(*keys, "k4", KeySource::Keychain));
        QVERIFY(add(*keys, "k3", KeySource::Session));
        const QStringList expected{
            u"GROQ_API_KEY=k1"_s,
            u".env: GROQ_API_KEY=k2"_s,
            u"this session=k3"_s,
            u"keychain=k4"_s,
            u"key file=k5"_s};
        QCOMPARE(sourcesOf(*keys), expected);
        QCOMPARE(keys->ring().load()->keysFor("groq").back().boundHost, "api.groq.com"_ba);
    }

    void savedKeysAreThereAfterARestart()
    {
        {
            const auto keys = manager();
            QVERIFY(load(*keys));
            QVERIFY(add(*keys, "k1", KeySource::Keychain));
            QVERIFY(add(*keys, "k2", KeySource::File));
            QVERIFY(add(*keys, "k3", KeySource::Session));
        }
        const auto keys = manager();
        QVERIFY(load(*keys));
        QCOMPARE(sourcesOf(*keys), (QStringList{u"keychain=k1"_s, u"key file=k2"_s}));
        QVERIFY(keys->ring().load()->unreadable.isEmpty());
    }

    void oneKeyInTwoSourcesIsOneKey()
    {
        const auto keys = manager({{"GROQ_API_KEY", "k1"}});
        QVERIFY(load(*keys));
        QVERIFY(add(*keys, "k1", KeySource::Keychain));
        QCOMPARE(sourcesOf(*keys), QStringList{u"GROQ_API_KEY=k1"_s});
        QVERIFY(add(*keys, "k1", KeySource::Keychain).error().kind == ErrorKind::AlreadyExists);
    }

    void aKeyAddedForAnotherHostIsBoundToThatOne()
    {
        const auto keys = manager();
        QVERIFY(load(*keys));
        QVERIFY(add(*keys, "k1", KeySource::Keychain));
        QVERIFY(add(*keys, "k1", KeySource::Keychain, "https://proxy.example/v1"));
        const auto ring = keys->ring().load();
        QCOMPARE(ring->keysFor("groq").size(), std::size_t(1));
        QCOMPARE(ring->keysFor("groq").front().boundHost, "proxy.example"_ba);
        QTRY_COMPARE(m_keychain->entries.size(), 2);
    }

    void refusesWhatCannotBeKept()
    {
        const auto keys = manager();
        QVERIFY(load(*keys));
        QVERIFY(add(*keys, " ", KeySource::Session).error().kind == ErrorKind::InvalidArgument);
        QVERIFY(add(*keys, "k\n1", KeySource::Session).error().kind == ErrorKind::InvalidArgument);
        QVERIFY(add(*keys, "k", KeySource::Environment).error().kind == ErrorKind::InvalidArgument);
        QVERIFY(
            add(*keys, "k", KeySource::Session, "http://api.groq.com").error().kind
            == ErrorKind::PermissionDenied);
        const auto unknown = awaitResult<void>(
            [&](auto done) { keys->add("gorq", Secret("k"), groqUrl, KeySource::Session, done); });
        QVERIFY(unknown.error().kind == ErrorKind::NotFound);
        QVERIFY(keys->ring().load()->isEmpty());
    }

    void removesSavedKeysAndNamesTheSourceOfOthers()
    {
        const auto keys = manager({{"GROQ_API_KEY", "k1"}});
        QVERIFY(load(*keys));
        QVERIFY(add(*keys, "k2", KeySource::Keychain));
        QVERIFY(add(*keys, "k3", KeySource::File));
        QVERIFY(remove(*keys, "k2"));
        QVERIFY(remove(*keys, "k3"));
        QCOMPARE(sourcesOf(*keys), QStringList{u"GROQ_API_KEY=k1"_s});
        QVERIFY(remove(*keys, "k1").error().message.contains("GROQ_API_KEY"_L1));
        QVERIFY(remove(*keys, "k9").error().kind == ErrorKind::NotFound);
    }

    void aLockedKeychainIsUnreadableUntilItIsUnlocked()
    {
        m_keychain->locked = true;
        const auto keys = manager();
        QCOMPARE(load(*keys).error().param, QString(keychain_reason::locked));
        QVERIFY(keys->ring().load()->unreadable.contains("locked"_L1));
        QVERIFY(!keys->ring().load()->isBeingRead);
        QVERIFY(!keys->problems().isEmpty());
        QVERIFY(!add(*keys, "k1", KeySource::Keychain));
        QVERIFY(m_keychain->entries.isEmpty());
        m_keychain->locked = false;
        QVERIFY(load(*keys));
        QVERIFY(keys->ring().load()->unreadable.isEmpty());
        QVERIFY(add(*keys, "k1", KeySource::Keychain));
    }

    void aMissingKeychainHidesNothingUnlessAKeyWasSavedInIt()
    {
        m_keychain->failure = keychain_reason::noService;
        {
            const auto keys = manager();
            QVERIFY(load(*keys));
            QVERIFY(keys->ring().load()->unreadable.isEmpty());
            QVERIFY(!keys->everConfigured());
            QVERIFY(
                add(*keys, "k1", KeySource::Keychain).error().kind
                == ErrorKind::KeychainUnavailable);
        }
        m_keychain->failure = {};
        QVERIFY(add(*manager(), "k1", KeySource::Keychain));
        m_keychain->failure = keychain_reason::noService;
        const auto keys = manager();
        QVERIFY(!load(*keys));
        QVERIFY(!keys->ring().load()->unreadable.isEmpty());
        QVERIFY(keys->everConfigured());
    }

    void aRefusedKeyFileIsUnreadable()
    {
        {
            const auto keys = manager();
            QVERIFY(load(*keys));
            QVERIFY(add(*keys, "k1", KeySource::File));
        }
        const QByteArray path = QFile::encodeName(m_folder->filePath(u"keys.json"_s));
        QCOMPARE(::chmod(path.constData(), 0644), 0);
        const auto keys = manager();
        QVERIFY(load(*keys).error().kind == ErrorKind::PermissionDenied);
        QVERIFY(!keys->ring().load()->unreadable.isEmpty());
    }

    void anUntrustedDotEnvIsToldAndNotRead()
    {
        writeDotEnv("GROQ_API_KEY=k1\n");
        const QByteArray path = QFile::encodeName(m_folder->filePath(u".env"_s));
        QCOMPARE(::chmod(path.constData(), 0666), 0);
        const auto keys = manager();
        QVERIFY(keys->ring().load()->isEmpty());
        QCOMPARE(keys->problems().size(), 1);
    }

    void remembersThatAProviderWasConfigured()
    {
        QVERIFY(!manager()->everConfigured());
        QVERIFY(manager({{"GROQ_API_KEY", "k1"}})->everConfigured());
        QVERIFY(manager()->everConfigured());
    }

    void consentCountsAsConfigured()
    {
        manager()->markConfigured();
        QVERIFY(manager()->everConfigured());
    }

    void offersOtherTokensButDoesNotUseThem()
    {
        const auto keys = manager({{"GITHUB_TOKEN", "ghp_1"}});
        QVERIFY(load(*keys));
        QVERIFY(keys->ring().load()->isEmpty());
        QCOMPARE(keys->offers().size(), std::size_t(1));
    }

    void aNewCatalogueLooksAtTheVariablesAgain()
    {
        const auto keys = manager({{"MINE_API_KEY", "k1"}});
        QSignalSpy changed(keys.get(), &KeyManager::ringChanged);
        freerelay::catalog::Provider mine;
        mine.id = "mine";
        mine.keyVariables = {"MINE_API_KEY"};
        keys->setProviders({mine});
        QCOMPARE(keys->ring().load()->keysFor("mine").size(), std::size_t(1));
        QCOMPARE(changed.size(), 1);
    }
};

QTEST_GUILESS_MAIN(TestKeyManager)
#include "tst_key_manager.moc"
