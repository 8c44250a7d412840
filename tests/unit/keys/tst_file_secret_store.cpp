#include "core/keys/file_secret_store.h"
#include "core/keys/session_secret_store.h"
#include "tests/support/await_result.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::keys;
using freerelay::common::ErrorKind;
using freerelay::common::Result;
using freerelay::common::Secret;
using freerelay::tests::awaitResult;

namespace {

Result<std::vector<StoredKey>> readAll(SecretStore &store)
{
    return awaitResult<std::vector<StoredKey>>([&](auto done) { store.readAll(done); });
}

Result<StoredKey> write(SecretStore &store, const QByteArray &provider, const QByteArray &secret)
{
    return awaitResult<StoredKey>([&](auto done) {
        store.write({provider, {}, "host.example", Secret(secret)}, done);
    });
}

Result<void> remove(SecretStore &store, const QByteArray &provider, const QByteArray &id)
{
    return awaitResult<void>([&](auto done) { store.remove(provider, id, done); });
}

void keepsSeveralKeysOfOneProvider(SecretStore &store)
{
    const auto first = write(store, "groq", "gsk_first");
    const auto second = write(store, "groq", "gsk_second");
    QVERIFY(first && second);
    QVERIFY(first->id != second->id);
    const auto both = readAll(store);
    QVERIFY(both);
    QCOMPARE(both->size(), std::size_t(2));
    QCOMPARE(both->front().boundHost, "host.example"_ba);
    QCOMPARE(both->back().secret.reveal(), "gsk_second"_ba);
    QVERIFY(remove(store, "groq", first->id));
    QVERIFY(remove(store, "groq", first->id).error().kind == ErrorKind::NotFound);
    QCOMPARE(readAll(store).value().size(), std::size_t(1));
}

} // namespace

class TestFileSecretStore final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;

private Q_SLOTS:
    void initTestCase() { QVERIFY(freerelay::common::initialiseCrypto()); }

    void theFileKeepsSeveralKeys()
    {
        FileSecretStore store(m_folder.filePath(u"several/keys.json"_s));
        keepsSeveralKeysOfOneProvider(store);
    }

    void theSessionKeepsSeveralKeys()
    {
        SessionSecretStore store;
        keepsSeveralKeysOfOneProvider(store);
    }

    void theFileIsForItsOwnerOnlyAndOutlivesTheStore()
    {
        const QString path = m_folder.filePath(u"mode/keys.json"_s);
        {
            FileSecretStore store(path);
            QVERIFY(write(store, "groq", "gsk_1"));
        }
        struct stat info
        {
        };
        QCOMPARE(::stat(QFile::encodeName(path).constData(), &info), 0);
        QCOMPARE(info.st_mode & 07777, mode_t(0600));
        FileSecretStore again(path);
        QCOMPARE(readAll(again).value().size(), std::size_t(1));
    }

    void aFileThatOthersMayReadIsRefused()
    {
        const QString path = m_folder.filePath(u"open/keys.json"_s);
        FileSecretStore store(path);
        const auto kept = write(store, "groq", "gsk_1");
        QVERIFY(kept);
        QCOMPARE(::chmod(QFile::encodeName(path).constData(), 0640), 0);
        QVERIFY(readAll(store).error().kind == ErrorKind::PermissionDenied);
        QVERIFY(!write(store, "groq", "gsk_2"));
        QVERIFY(!remove(store, "groq", kept->id));
    }

    void aDamagedFileIsAnErrorAndStays()
    {
        const QString path = m_folder.filePath(u"keys.json"_s);
        const QByteArrayList texts{
            "",
            "{}",
            "[]",
            R"({"version":2,"keys":[]})",
            R"({"version":1,"keys":[{}]})",
            R"({"version":1,"keys":[{"provider":"a","id":"b","host":"c","key":"x\ny"}]})"};
        for (const QByteArray &text : texts) {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
            file.write(text);
            file.close();
            QCOMPARE(::chmod(QFile::encodeName(path).constData(), 0600), 0);
            FileSecretStore store(path);
            QVERIFY(readAll(store).error().kind == ErrorKind::StorageFailed);
            QVERIFY(!write(store, "groq", "gsk_1"));
            QVERIFY(file.open(QIODevice::ReadOnly));
            QCOMPARE(file.readAll(), text);
        }
    }

    void aDestroyedStoreNeverCallsBack()
    {
        bool called = false;
        {
            FileSecretStore store(m_folder.filePath(u"gone.json"_s));
            store.readAll([&called](const auto &) { called = true; });
        }
        QCoreApplication::processEvents();
        QVERIFY(!called);
    }
};

QTEST_GUILESS_MAIN(TestFileSecretStore)
#include "tst_file_secret_store.moc"
