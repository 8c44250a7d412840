#include "core/telemetry/rotating_file.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Qt::Literals::StringLiterals;
using freerelay::telemetry::RotatingFile;

namespace {

mode_t modeOf(const QString &path)
{
    struct stat info
    {
    };
    return ::stat(QFile::encodeName(path).constData(), &info) == 0 ? info.st_mode & 07777U : 0;
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestRotatingFile final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->filePath(u"log/freerelay.log"_s);
    }

    void makesAFileThatOnlyItsOwnerMayRead()
    {
        const auto mask = ::umask(0);
        RotatingFile file(m_path, 100, 5);
        const bool written = file.append("one\n").has_value();
        ::umask(mask);
        QVERIFY(written);
        QCOMPARE(contentOf(m_path), "one\n"_ba);
        QCOMPARE(modeOf(m_path), mode_t(0600));
        QCOMPARE(modeOf(QFileInfo(m_path).path()), mode_t(0700));
    }

    void takesBackAModeThatSomebodyLoosened()
    {
        QVERIFY(RotatingFile(m_path, 100, 5).append("one\n").has_value());
        QVERIFY(::chmod(QFile::encodeName(m_path).constData(), 0644) == 0);
        QVERIFY(RotatingFile(m_path, 100, 5).append("two\n").has_value());
        QCOMPARE(modeOf(m_path), mode_t(0600));
    }

    void goesOnWhereAnEarlierRunEnded()
    {
        QVERIFY(RotatingFile(m_path, 10, 5).append("12345\n").has_value());
        RotatingFile second(m_path, 10, 5);
        QVERIFY(second.append("678\n").has_value());
        QCOMPARE(contentOf(m_path), "12345\n678\n"_ba);
        QVERIFY(RotatingFile(m_path, 10, 5).append("x\n").has_value());
        QCOMPARE(contentOf(m_path), "x\n"_ba);
        QCOMPARE(contentOf(m_path + u".1"_s), "12345\n678\n"_ba);
    }

    void keepsOnlySoManyFilesOfSuchASize()
    {
        RotatingFile file(m_path, 10, 3);
        for (int i = 0; i < 100; ++i) {
            const QByteArray line = QByteArray::number(i).rightJustified(4, '0') + '\n';
            QVERIFY(file.append(line).has_value());
        }
        const QStringList names = QDir(QFileInfo(m_path).path()).entryList(QDir::Files, QDir::Name);
        QCOMPARE(
            names, QStringList({u"freerelay.log"_s, u"freerelay.log.1"_s, u"freerelay.log.2"_s}));
        QCOMPARE(contentOf(m_path), "0098\n0099\n"_ba);
        QCOMPARE(contentOf(m_path + u".1"_s), "0096\n0097\n"_ba);
        QCOMPARE(contentOf(m_path + u".2"_s), "0094\n0095\n"_ba);
        QCOMPARE(modeOf(m_path + u".2"_s), mode_t(0600));
    }

    void writesALineThatIsLongerThanAFile()
    {
        RotatingFile file(m_path, 10, 3);
        const QByteArray line = QByteArray(50, 'x') + '\n';
        QVERIFY(file.append("a\n").has_value());
        QVERIFY(file.append(line).has_value());
        QCOMPARE(contentOf(m_path), line);
        QVERIFY(file.append("b\n").has_value());
        QCOMPARE(contentOf(m_path), "b\n"_ba);
    }

    void followsNoLink()
    {
        QVERIFY(QDir().mkpath(QFileInfo(m_path).path()));
        const QString target = m_folder->filePath(u"target"_s);
        QVERIFY(QFile::link(target, m_path));
        RotatingFile file(m_path, 100, 5);
        const auto done = file.append("one\n");
        QVERIFY(!done);
        QCOMPARE(done.error().kind, freerelay::common::ErrorKind::PermissionDenied);
        QVERIFY(!QFile::exists(target));
    }

    void triesAgainAfterAFailure()
    {
        RotatingFile file(m_path, 100, 5);
        QVERIFY(QDir().mkpath(m_path)); // a folder stands in the way
        QVERIFY(!file.append("one\n"));
        QVERIFY(QDir().rmdir(m_path));
        QVERIFY(file.append("two\n").has_value());
        QCOMPARE(contentOf(m_path), "two\n"_ba);
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

QTEST_GUILESS_MAIN(TestRotatingFile)
#include "tst_rotating_file.moc"
