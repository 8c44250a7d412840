#include "core/common/private_file.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::common;

class TestPrivateFile final : public QObject
{
    Q_OBJECT

private:
    [[nodiscard]] QString fileWithMode(const QString &name, mode_t mode) const
    {
        const QString path = m_folder.filePath(name);
        QFile file(path);
        if (file.open(QIODevice::WriteOnly)) {
            file.write("content");
        }
        ::chmod(QFile::encodeName(path).constData(), mode);
        return path;
    }

    [[nodiscard]] static mode_t modeOf(const QString &path)
    {
        struct stat info
        {
        };
        ::stat(QFile::encodeName(path).constData(), &info);
        return info.st_mode & 07777;
    }

    QTemporaryDir m_folder;

private Q_SLOTS:
    void readsOnlyFilesOfTheTrustAskedFor_data()
    {
        QTest::addColumn<uint>("mode");
        QTest::addColumn<FileTrust>("trust");
        QTest::addColumn<bool>("accepted");
        QTest::newRow("settings 0644") << 0644U << FileTrust::Settings << true;
        QTest::newRow("settings 0664") << 0664U << FileTrust::Settings << true;
        QTest::newRow("settings 0666") << 0666U << FileTrust::Settings << false;
        QTest::newRow(".env 0644") << 0644U << FileTrust::OwnNotWritableByOthers << true;
        QTest::newRow(".env 0664") << 0664U << FileTrust::OwnNotWritableByOthers << false;
        QTest::newRow(".env 0602") << 0602U << FileTrust::OwnNotWritableByOthers << false;
        QTest::newRow("keys 0600") << 0600U << FileTrust::OwnerOnly << true;
        QTest::newRow("keys 0400") << 0400U << FileTrust::OwnerOnly << true;
        QTest::newRow("keys 0640") << 0640U << FileTrust::OwnerOnly << false;
        QTest::newRow("keys 0604") << 0604U << FileTrust::OwnerOnly << false;
    }

    void readsOnlyFilesOfTheTrustAskedFor()
    {
        QFETCH(uint, mode);
        QFETCH(FileTrust, trust);
        QFETCH(bool, accepted);
        const auto content = readTrustedFile(fileWithMode(u"one"_s, mode), 100, trust);
        QCOMPARE(content.has_value(), accepted);
        if (!accepted) {
            QCOMPARE(content.error().kind, ErrorKind::PermissionDenied);
        }
    }

    void refusesAFileOfSomebodyElse()
    {
        if (::geteuid() != 0) {
            QSKIP("only root can give a file away");
        }
        const QString path = fileWithMode(u"foreign"_s, 0600);
        QCOMPARE(::chown(QFile::encodeName(path).constData(), 12'345, 12'345), 0);
        for (const FileTrust trust : {FileTrust::OwnerOnly, FileTrust::OwnNotWritableByOthers}) {
            QCOMPARE(readTrustedFile(path, 100, trust).error().kind, ErrorKind::PermissionDenied);
        }
    }

    void refusesFoldersAndPipesWithoutHanging()
    {
        const QString pipe = m_folder.filePath(u"pipe"_s);
        QCOMPARE(::mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
        QCOMPARE(
            readTrustedFile(pipe, 100, FileTrust::OwnerOnly).error().kind,
            ErrorKind::PermissionDenied);
        QVERIFY(!readTrustedFile(m_folder.path(), 100, FileTrust::Settings));
    }

    void followsALinkOnlyWhereLinksAreAllowed()
    {
        const QString target = fileWithMode(u"target"_s, 0600);
        const QString link = m_folder.filePath(u"link"_s);
        QVERIFY(QFile::link(target, link));
        QVERIFY(readTrustedFile(link, 100, FileTrust::Settings));
        QVERIFY(readTrustedFile(link, 100, FileTrust::OwnNotWritableByOthers));
        QCOMPARE(
            readTrustedFile(link, 100, FileTrust::OwnerOnly).error().kind,
            ErrorKind::PermissionDenied);
    }

    void tellsAMissingFileFromALargeOne()
    {
        const QString path = fileWithMode(u"seven"_s, 0600);
        QVERIFY(readTrustedFile(path, 7, FileTrust::OwnerOnly));
        QCOMPARE(readTrustedFile(path, 6, FileTrust::OwnerOnly).error().kind, ErrorKind::TooLarge);
        QCOMPARE(
            readTrustedFile(m_folder.filePath(u"none"_s), 6, FileTrust::OwnerOnly).error().kind,
            ErrorKind::NotFound);
    }

    void writesForTheOwnerOnlyAndMakesTheFolder()
    {
        const QString path = m_folder.filePath(u"deep/er/secret"_s);
        QVERIFY(writePrivateFile(path, "first"));
        QVERIFY(writePrivateFile(path, "second"));
        QCOMPARE(modeOf(path), mode_t(0600));
        QCOMPARE(modeOf(QFileInfo(path).absolutePath()), mode_t(0700));
        QCOMPARE(readTrustedFile(path, 100, FileTrust::OwnerOnly).value(), "second"_ba);
    }

    void tightensTheModeOfAFileThatItReplaces()
    {
        const QString path = fileWithMode(u"loose"_s, 0644);
        QVERIFY(writePrivateFile(path, "new"));
        QCOMPARE(modeOf(path), mode_t(0600));
    }

    /// On a read-only disk nothing can be set, and need not.
    void leavesAFolderAloneThatIsPrivateAlready()
    {
        const QTemporaryDir home;
        const QString folder = home.filePath(u"private"_s);
        QVERIFY(ensurePrivateFolder(folder));
        const auto changed = [](const QString &path) {
            struct stat info
            {
            };
            return ::stat(QFile::encodeName(path).constData(), &info) == 0
                ? info.st_ctim.tv_sec * 1'000'000'000LL + info.st_ctim.tv_nsec
                : 0LL;
        };
        const auto before = changed(folder);
        const QString later = home.filePath(u"later"_s);
        do { // until the file system's clock has gone on
            QFile file(later);
            QVERIFY(file.open(QIODevice::WriteOnly) && file.remove());
            QVERIFY(file.open(QIODevice::WriteOnly));
        } while (changed(later) == before);
        QVERIFY(ensurePrivateFolder(folder));
        QCOMPARE(changed(folder), before);
    }

    void saysWhyAFolderCannotBeMade()
    {
        const QString file = fileWithMode(u"file"_s, 0600);
        QCOMPARE(ensurePrivateFolder(file).error().kind, ErrorKind::StorageFailed);
        QCOMPARE(ensurePrivateFolder(file + u"/below"_s).error().kind, ErrorKind::StorageFailed);
    }
};

QTEST_GUILESS_MAIN(TestPrivateFile)
#include "tst_private_file.moc"
