#include "core/keys/admin_token.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Qt::Literals::StringLiterals;
using freerelay::common::ErrorKind;
using freerelay::keys::loadOrCreateAdminToken;

class TestAdminToken final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;

private Q_SLOTS:
    void initTestCase() { QVERIFY(freerelay::common::initialiseCrypto()); }

    void isMadeOnceAndKept()
    {
        const QString path = m_folder.filePath(u"state/admin-token"_s);
        const auto first = loadOrCreateAdminToken(path);
        const auto second = loadOrCreateAdminToken(path);
        QVERIFY(first && second);
        QCOMPARE(first->reveal().size(), 64);
        QVERIFY(first->equals(second->reveal()));
        struct stat info
        {
        };
        QCOMPARE(::stat(QFile::encodeName(path).constData(), &info), 0);
        QCOMPARE(info.st_mode & 07777, mode_t(0600));
    }

    void isNotBelievedOnceOthersCouldReadIt()
    {
        const QString path = m_folder.filePath(u"open-token"_s);
        QVERIFY(loadOrCreateAdminToken(path));
        QCOMPARE(::chmod(QFile::encodeName(path).constData(), 0644), 0);
        const auto token = loadOrCreateAdminToken(path);
        QVERIFY(!token && token.error().kind == ErrorKind::PermissionDenied);
    }

    void isNotAnyText()
    {
        const QString path = m_folder.filePath(u"bad-token"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("short");
        file.close();
        QCOMPARE(::chmod(QFile::encodeName(path).constData(), 0600), 0);
        const auto token = loadOrCreateAdminToken(path);
        QVERIFY(!token && token.error().kind == ErrorKind::StorageFailed);
    }
};

QTEST_GUILESS_MAIN(TestAdminToken)
#include "tst_admin_token.moc"
