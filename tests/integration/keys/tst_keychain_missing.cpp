#include "core/keys/keychain_secret_store.h"
#include "core/keys/qt_keychain_backend.h"
#include "tests/support/await_result.h"

#include <QDir>
#include <QDirIterator>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::keys;
using freerelay::common::ErrorKind;
using freerelay::common::Secret;
using freerelay::tests::awaitResult;

/// The real keychain library in a session without D-Bus (see freerelay_add_test).
class TestKeychainMissing final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(freerelay::common::initialiseCrypto()); }

    void saysThatThereIsNoServiceAndWritesNothing()
    {
        KeychainSecretStore store(std::make_unique<QtKeychainBackend>(u"freerelay-test"_s));
        const auto read = awaitResult<std::vector<StoredKey>>(
            [&](auto done) { store.readAll(done); });
        QVERIFY(!read);
        QVERIFY2(
            read.error().kind == ErrorKind::KeychainUnavailable, qPrintable(read.error().message));
        QVERIFY2(read.error().param == keychain_reason::noService, qPrintable(read.error().detail));
        const auto written = awaitResult<StoredKey>([&](auto done) {
            store.write({"groq", {}, "api.groq.com", Secret("gsk_planted_secret")}, done);
        });
        QVERIFY(!written && written.error().kind == ErrorKind::KeychainUnavailable);
#ifdef Q_OS_LINUX
        QFile maps(u"/proc/self/maps"_s); // what finds out nothing need not be loaded
        QVERIFY(maps.open(QIODevice::ReadOnly));
        QVERIFY(!maps.readAll().contains("libsecret"));
#endif
        QDirIterator files(
            QDir::homePath(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(
                !file.open(QIODevice::ReadOnly) || !file.readAll().contains("gsk_planted_secret"));
        }
    }
};

QTEST_GUILESS_MAIN(TestKeychainMissing)
#include "tst_keychain_missing.moc"
