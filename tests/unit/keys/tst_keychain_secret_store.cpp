#include "core/keys/keychain_secret_store.h"
#include "tests/support/await_result.h"
#include "tests/support/fake_keychain_backend.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::keys;
using namespace freerelay::tests;
using freerelay::common::ErrorKind;
using freerelay::common::Result;
using freerelay::common::Secret;

class TestKeychainSecretStore final : public QObject
{
    Q_OBJECT

private:
    std::shared_ptr<FakeKeychain> m_keychain;
    std::unique_ptr<KeychainSecretStore> m_store;

    Result<std::vector<StoredKey>> readAll()
    {
        return awaitResult<std::vector<StoredKey>>([this](auto done) { m_store->readAll(done); });
    }

    Result<StoredKey> write(const QByteArray &provider, const QByteArray &secret)
    {
        return awaitResult<StoredKey>([&](auto done) {
            m_store->write({provider, {}, "api.example", Secret(secret)}, done);
        });
    }

    Result<void> remove(const QByteArray &provider, const QByteArray &id)
    {
        return awaitResult<void>([&](auto done) { m_store->remove(provider, id, done); });
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(freerelay::common::initialiseCrypto()); }

    void init()
    {
        m_keychain = std::make_shared<FakeKeychain>();
        m_store = std::make_unique<KeychainSecretStore>(
            std::make_unique<FakeKeychainBackend>(m_keychain));
    }

    void anEmptyKeychainHasNoKeys() { QVERIFY(readAll().value().empty()); }

    void keepsKeysWithTheirHostsInTheOrderTheyCame()
    {
        QVERIFY(write("groq", "gsk_1"));
        QVERIFY(write("groq", "gsk_2"));
        QVERIFY(write("mistral", "m_1"));
        const auto keys = readAll();
        QVERIFY(keys);
        QCOMPARE(keys->size(), std::size_t(3));
        QCOMPARE(keys->at(1).provider, "groq"_ba);
        QCOMPARE(keys->at(1).secret.reveal(), "gsk_2"_ba);
        QCOMPARE(keys->at(2).boundHost, "api.example"_ba);
    }

    void theListHoldsNoSecret()
    {
        QVERIFY(write("groq", "gsk_secret"));
        QVERIFY(!m_keychain->entries.value(u"index"_s).contains("gsk_secret"));
    }

    void removesOneKeyAndItsEntry()
    {
        const auto first = write("groq", "gsk_1");
        QVERIFY(write("groq", "gsk_2"));
        QVERIFY(remove("groq", first->id));
        QCOMPARE(readAll().value().size(), std::size_t(1));
        QCOMPARE(m_keychain->entries.size(), 2);
        QVERIFY(remove("groq", first->id).error().kind == ErrorKind::NotFound);
    }

    void operationsThatOverlapRunOneAfterTheOther()
    {
        int done = 0;
        for (int i = 0; i < 5; ++i) {
            m_store->write(
                {"groq", {}, "api.example", Secret("key" + QByteArray::number(i))},
                [&done](const auto &result) { done += result ? 1 : 0; });
        }
        QTRY_COMPARE(done, 5);
        QCOMPARE(m_keychain->mostAtOnce, 1);
        QCOMPARE(readAll().value().size(), std::size_t(5));
    }

    void aLockedKeychainIsNotAnEmptyOne()
    {
        QVERIFY(write("groq", "gsk_1"));
        m_keychain->locked = true;
        for (const auto &error :
             {readAll().error(), write("groq", "gsk_2").error(), remove("groq", "x").error()}) {
            QVERIFY(error.kind == ErrorKind::KeychainUnavailable);
            QCOMPARE(error.param, QString(keychain_reason::locked));
        }
        m_keychain->locked = false;
        QCOMPARE(readAll().value().size(), std::size_t(1));
    }

    void otherFailuresAreToldInWords_data()
    {
        QTest::addColumn<QString>("reason");
        for (const auto reason :
             {keychain_reason::denied, keychain_reason::noService, keychain_reason::failed}) {
            QTest::newRow(reason.data()) << QString(reason);
        }
    }

    void otherFailuresAreToldInWords()
    {
        QFETCH(QString, reason);
        const QByteArray bytes = reason.toLatin1();
        m_keychain->failure = QLatin1StringView(bytes);
        const auto error = readAll().error();
        QVERIFY(error.kind == ErrorKind::KeychainUnavailable);
        QCOMPARE(error.param, reason);
        QVERIFY(!error.message.isEmpty());
        QVERIFY(!write("groq", "gsk_1"));
        QVERIFY(m_keychain->entries.isEmpty());
    }

    void aWriteThatCannotBeReadBackIsAnError()
    {
        m_keychain->forgetsWrites = true;
        QVERIFY(write("groq", "gsk_1").error().kind == ErrorKind::KeychainUnavailable);
        m_keychain->forgetsWrites = false;
        m_keychain->garblesWrites = true;
        QVERIFY(write("groq", "gsk_1").error().kind == ErrorKind::KeychainUnavailable);
        QVERIFY(!m_keychain->entries.contains(u"index"_s));
    }

    void aKeyThatCannotBeListedIsTakenBack()
    {
        m_keychain->failWritesTo = u"index"_s;
        QVERIFY(!write("groq", "gsk_1"));
        QVERIFY(m_keychain->entries.isEmpty());
    }

    void aDamagedListIsAnErrorAndIsKept()
    {
        m_keychain->entries.insert(u"index"_s, "not json");
        QCOMPARE(readAll().error().param, QString(keychain_reason::failed));
        QVERIFY(!write("groq", "gsk_1"));
        QCOMPARE(m_keychain->entries.value(u"index"_s), "not json"_ba);
    }

    void aKeyThatWasRemovedByOtherMeansIsGone()
    {
        const auto kept = write("groq", "gsk_1");
        m_keychain->entries.remove(u"key/groq/"_s + QString::fromLatin1(kept->id));
        QVERIFY(readAll().value().empty());
        QVERIFY(remove("groq", kept->id));
    }

    void aDestroyedStoreNeverCallsBack()
    {
        bool called = false;
        m_store->readAll([&called](const auto &) { called = true; });
        QCoreApplication::processEvents();
        m_store.reset();
        QCoreApplication::processEvents();
        QVERIFY(!called);
    }
};

QTEST_GUILESS_MAIN(TestKeychainSecretStore)
#include "tst_keychain_secret_store.moc"
