#include "core/settings/paths.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Qt::Literals::StringLiterals;
using freerelay::common::Environment;
using freerelay::settings::Paths;

class TestPaths final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void followsTheVariables()
    {
        const QTemporaryDir run;
        const Paths paths = Paths::resolve(Environment(
            {{"HOME", "/home/me"},
             {"XDG_CONFIG_HOME", "/c/"},
             {"XDG_DATA_HOME", "/d"},
             {"XDG_STATE_HOME", "/s"},
             {"XDG_RUNTIME_DIR", QFile::encodeName(run.path())}}));
        QCOMPARE(paths.settingsFile, u"/c/freerelay/settings.yaml"_s);
        QCOMPARE(paths.keysFile, u"/d/freerelay/keys.json"_s);
        QCOMPARE(paths.recordsFile, u"/d/freerelay/records.db"_s);
        QCOMPARE(paths.textsFile, u"/d/freerelay/texts.db"_s);
        QCOMPARE(paths.adminTokenFile, u"/s/freerelay/admin-token"_s);
        QCOMPARE(paths.controlSocket, QString(run.path() + u"/freerelay/control.sock"_s));
    }

    void fallsBackToTheHomeFolder()
    {
        const Paths paths = Paths::resolve(
            Environment({{"HOME", "/home/me"}, {"XDG_CONFIG_HOME", "relative"}}));
        QCOMPARE(paths.configFolder, u"/home/me/.config/freerelay"_s);
        QCOMPARE(paths.dataFolder, u"/home/me/.local/share/freerelay"_s);
        QCOMPARE(paths.stateFolder, u"/home/me/.local/state/freerelay"_s);
        QCOMPARE(paths.runtimeFolder, u"/home/me/.local/state/freerelay/run"_s);
    }

    void keepsTheSocketPathShortEnough()
    {
        const Paths paths = Paths::resolve(Environment({{"HOME", "/" + QByteArray(200, 'x')}}));
        QVERIFY(paths.controlSocket.size() <= 107);
        QVERIFY(paths.runtimeFolder.startsWith("/tmp/freerelay-"_L1));
    }

    void makesFoldersForTheOwnerOnly()
    {
        const QTemporaryDir home;
        const Paths paths = Paths::resolve(Environment({{"HOME", QFile::encodeName(home.path())}}));
        QVERIFY(paths.createFolders());
        QVERIFY(paths.createFolders());
        for (const QString &folder :
             {paths.configFolder, paths.dataFolder, paths.stateFolder, paths.runtimeFolder}) {
            struct stat info
            {
            };
            QCOMPARE(::stat(QFile::encodeName(folder).constData(), &info), 0);
            QCOMPARE(info.st_mode & 07777, mode_t(0700));
        }
    }

    void onlyTheDataFolderMayBeMissing()
    {
        for (const QString Paths::*folder :
             {&Paths::dataFolder, &Paths::stateFolder, &Paths::configFolder}) {
            const QTemporaryDir home;
            const Paths paths = Paths::resolve(
                Environment({{"HOME", QFile::encodeName(home.path())}}));
            QVERIFY(QDir().mkpath(QFileInfo(paths.*folder).absolutePath()));
            QFile inItsPlace(paths.*folder);
            QVERIFY(inItsPlace.open(QIODevice::WriteOnly));
            QCOMPARE(paths.createFolders().has_value(), folder == &Paths::dataFolder);
        }
    }
};

QTEST_GUILESS_MAIN(TestPaths)
#include "tst_paths.moc"
