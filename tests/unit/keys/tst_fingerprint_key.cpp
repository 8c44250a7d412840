#include "core/keys/fingerprint_key.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace freerelay;
using namespace Qt::Literals::StringLiterals;
using common::Secret;

namespace {

const Secret sample("gsk_sample-of-a-key");

} // namespace

class TestFingerprintKey final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->filePath(u"state/fingerprint-key"_s);
    }

    void isTheSameAtTheNextStart()
    {
        const auto first = keys::loadOrCreateFingerprintKey(m_path);
        QVERIFY(first);
        QCOMPARE(first->reveal().size(), common::fingerprintKeyBytes);
        QCOMPARE(
            QFileInfo(m_path).permissions() & ~(QFile::ReadUser | QFile::WriteUser),
            QFile::ReadOwner | QFile::WriteOwner);
        const auto second = keys::loadOrCreateFingerprintKey(m_path);
        QVERIFY(second);
        QVERIFY(second->equals(first->reveal()));
    }

    void makesFingerprintsThatCanBeCompared()
    {
        const auto key = keys::loadOrCreateFingerprintKey(m_path);
        QVERIFY(key);
        common::setFingerprintKey(*key);
        const QByteArray before = sample.fingerprint();
        common::setFingerprintKey(Secret(QByteArray(common::fingerprintKeyBytes, 'x')));
        QVERIFY(sample.fingerprint() != before); // it depends on the key of the machine
        common::setFingerprintKey(*keys::loadOrCreateFingerprintKey(m_path));
        QCOMPARE(sample.fingerprint(), before);
        QCOMPARE(before.size(), 16);
    }

    void replacesWhatCannotBeUsed_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<bool>("open");
        QTest::newRow("empty") << QByteArray() << false;
        QTest::newRow("short") << QByteArray(62, 'a') << false;
        QTest::newRow("no hex") << QByteArray(64, 'z') << false;
        QTest::newRow("readable for others") << QByteArray(64, 'a') << true;
    }

    void replacesWhatCannotBeUsed()
    {
        QFETCH(QByteArray, content);
        QFETCH(bool, open);
        QVERIFY(keys::loadOrCreateFingerprintKey(m_path));
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(content);
        file.close();
        if (open) {
            QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther));
        }
        const auto key = keys::loadOrCreateFingerprintKey(m_path);
        QVERIFY(key);
        QCOMPARE(key->reveal().size(), common::fingerprintKeyBytes);
        QVERIFY(!key->equals(QByteArray::fromHex(content)));
        QVERIFY(keys::loadOrCreateFingerprintKey(m_path)->equals(key->reveal()));
    }

    void saysWhenItCannotBeKept()
    {
        QFile file(m_folder->filePath(u"state"_s)); // where its folder should be
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(!keys::loadOrCreateFingerprintKey(m_path));
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

QTEST_GUILESS_MAIN(TestFingerprintKey)
#include "tst_fingerprint_key.moc"
