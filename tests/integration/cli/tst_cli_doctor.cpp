#include "app/common/start_options.h"
#include "core/services/doctor/doctor.h"
#include "core/store/record_file.h"
#include "core/store/record_reader.h"
#include "core/store/record_writer.h"
#include "tests/integration/cli/cli_fixture.h"
#include "tests/support/sample_outcome.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTcpServer>
#include <QTest>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace std::chrono_literals;
using tests::CliFixture;
using tests::CliResult;

/// `freerelay doctor` on real files and ports.
class TestCliDoctor final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<CliFixture>();
        m_fixture->setVariable(u"FREERELAY_PORT"_s, u"0"_s); // others may have 8000
    }

    void findsNothingWrongOnAFreshMachine()
    {
        const CliResult result = m_fixture->run({u"doctor"_s});
        QCOMPARE(result.exitCode, int(app::exitOk));
        QCOMPARE(result.err, QByteArray());
        QVERIFY2(!result.out.contains("fail"), result.out.constData());
        QVERIFY2(result.out.contains("Nothing has been recorded yet."), result.out.constData());
        QVERIFY(!QDir(m_fixture->paths.stateFolder).exists()); // it has made nothing
    }

    void findsNothingWrongWithARunningProgram()
    {
        QVERIFY(m_fixture->listen());
        fill(m_fixture->paths.recordsFile, 20);
        const QJsonObject checks = doctor(app::exitOk);
        QCOMPARE(verdict(checks, u"port"_s), u"ok"_s);
        QVERIFY(finding(checks, u"port"_s).contains("http://127.0.0.1:8000"_L1));
        QVERIFY(finding(checks, u"records file"_s).contains("20 requests"_L1));
    }

    void saysWhatIsWrongWithTheSettings()
    {
        QVERIFY(m_fixture->paths.createFolders());
        write(m_fixture->paths.settingsFile, "mode: auto\nport: many\n");
        const QJsonObject checks = doctor(app::exitFailure);
        QCOMPARE(verdict(checks, u"settings file"_s), u"fail"_s);
        QVERIFY(finding(checks, u"settings file"_s).contains("settings.yaml:2:"_L1));
        QVERIFY(!advice(checks, u"settings file"_s).isEmpty());
    }

    void saysWhatIsWrongWithAVariable()
    {
        m_fixture->setVariable(u"FREERELAY_MODE"_s, u"cheap"_s);
        const QJsonObject checks = doctor(app::exitFailure);
        QVERIFY(finding(checks, u"settings file"_s).contains("FREERELAY_MODE"_L1));
    }

    void saysWhatIsWrongWithTheProvidersFile()
    {
        QVERIFY(m_fixture->paths.createFolders());
        write(m_fixture->paths.providersFile, "providers: 7\n");
        const QJsonObject checks = doctor(app::exitFailure);
        QCOMPARE(verdict(checks, u"providers file"_s), u"fail"_s);
    }

    void warnsOfASettingForAProviderThatDoesNotExist_data()
    {
        QTest::addColumn<bool>("ownFile");
        QTest::newRow("the shipped catalogue alone") << false;
        QTest::newRow("with a file of the user's") << true;
    }

    void warnsOfASettingForAProviderThatDoesNotExist()
    {
        QFETCH(bool, ownFile);
        QVERIFY(m_fixture->paths.createFolders());
        write(m_fixture->paths.settingsFile, "providers:\n  grok:\n    enabled: false\n");
        if (ownFile) {
            write(m_fixture->paths.providersFile, "providers: []\n");
        }
        const QJsonObject checks = doctor(app::exitOk);
        QCOMPARE(verdict(checks, u"providers file"_s), u"warn"_s);
        QVERIFY(finding(checks, u"providers file"_s).contains("grok"_L1));
    }

    void warnsOfAFolderThatOthersSee()
    {
        QVERIFY(m_fixture->paths.createFolders());
        QVERIFY(QFile::setPermissions(
            m_fixture->paths.dataFolder,
            QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadOther
                | QFile::ExeOther));
        const QJsonObject checks = doctor(app::exitOk);
        QCOMPARE(verdict(checks, u"data folder"_s), u"warn"_s);
        QVERIFY(advice(checks, u"data folder"_s).contains("chmod 700"_L1));
    }

    void failsForSecretsThatOthersMayRead()
    {
        QVERIFY(m_fixture->paths.createFolders());
        for (const QString &path : {m_fixture->paths.adminTokenFile, m_fixture->paths.keysFile}) {
            write(path, QByteArray(64, 'a'));
            QVERIFY(QFile::setPermissions(
                path, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther));
        }
        const QJsonObject checks = doctor(app::exitFailure);
        QCOMPARE(verdict(checks, u"admin token"_s), u"fail"_s);
        QCOMPARE(verdict(checks, u"key file"_s), u"fail"_s);
    }

    void looksAtTheQuotaFile_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QFile::Permissions>("permissions");
        QTest::addColumn<QString>("asideName");
        QTest::addColumn<QString>("expected");
        const QFile::Permissions owner = QFile::ReadOwner | QFile::WriteOwner;
        const QByteArray empty = R"({"version":1,"taken_at_ms":1,"windows":[],"ratios":[]})"_ba;
        QTest::newRow("whole") << empty << owner << QString() << u"ok"_s;
        QTest::newRow("damaged") << "{"_ba << owner << QString() << u"warn"_s;
        QTest::newRow("others may read it")
            << empty << (owner | QFile::ReadOther) << QString() << u"warn"_s;
        QTest::newRow("one was set aside")
            << empty << owner << u".corrupt-20261124T000000Z"_s << u"warn"_s;
    }

    void looksAtTheQuotaFile()
    {
        QFETCH(QByteArray, content);
        QFETCH(QFile::Permissions, permissions);
        QFETCH(QString, asideName);
        QFETCH(QString, expected);
        QVERIFY(m_fixture->paths.createFolders());
        const QString path = m_fixture->paths.quotaFile;
        write(path, content);
        QVERIFY(QFile::setPermissions(path, permissions));
        if (!asideName.isEmpty()) {
            write(path % asideName, "{");
        }
        const QJsonObject checks = doctor(app::exitOk);
        QCOMPARE(verdict(checks, u"quota file"_s), expected);
        QCOMPARE(advice(checks, u"quota file"_s).isEmpty(), expected == "ok"_L1);
        QCOMPARE(finding(checks, u"quota file"_s).contains(asideName), true);
        QCOMPARE(
            advice(checks, u"quota file"_s).contains("chmod 600"_L1),
            permissions.testFlag(QFile::ReadOther));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), content); // it has only looked
    }

    void failsForAFolderThatIsAFile()
    {
        QVERIFY(m_fixture->paths.createFolders());
        QVERIFY(QDir(m_fixture->paths.dataFolder).removeRecursively());
        write(m_fixture->paths.dataFolder, "x");
        const QJsonObject checks = doctor(app::exitFailure);
        QCOMPARE(verdict(checks, u"data folder"_s), u"fail"_s);
        QVERIFY(finding(checks, u"data folder"_s).contains("is not a folder"_L1));
    }

    void failsForAProvidersFileThatIsNotThere()
    {
        QVERIFY(m_fixture->paths.createFolders());
        write(m_fixture->paths.settingsFile, "providers_file: /nowhere/providers.yaml\n");
        const QJsonObject checks = doctor(app::exitFailure);
        QCOMPARE(verdict(checks, u"providers file"_s), u"fail"_s);
        QVERIFY(!advice(checks, u"providers file"_s).isEmpty());
    }

    void looksAtTheProxy_data()
    {
        QTest::addColumn<QString>("proxy");
        QTest::addColumn<QString>("expected");
        QTest::newRow("no address") << u"http://"_s << u"fail"_s;
        QTest::newRow("another program here") << u"http://127.0.0.1:9"_s << u"ok"_s;
    }

    void looksAtTheProxy()
    {
        QFETCH(QString, proxy);
        QFETCH(QString, expected);
        m_fixture->setVariable(u"https_proxy"_s, proxy);
        const QJsonObject checks = doctor(expected == "ok"_L1 ? app::exitOk : app::exitFailure);
        QCOMPARE(verdict(checks, u"proxy"_s), expected);
    }

    void warnsOfADesktopWithoutATray_data()
    {
        QTest::addColumn<QString>("desktop");
        QTest::addColumn<QString>("expected");
        QTest::newRow("GNOME") << u"GNOME"_s << u"warn"_s;
        QTest::newRow("Ubuntu") << u"ubuntu:GNOME"_s << u"ok"_s;
        QTest::newRow("KDE") << u"KDE"_s << u"ok"_s;
    }

    void warnsOfADesktopWithoutATray()
    {
        QFETCH(QString, desktop);
        QFETCH(QString, expected);
        m_fixture->setVariable(u"DISPLAY"_s, u":99"_s);
        m_fixture->setVariable(u"XDG_CURRENT_DESKTOP"_s, desktop);
        QCOMPARE(verdict(doctor(app::exitOk), u"tray"_s), expected);
    }

    void knowsRecordsOfOtherVersions()
    {
        QVERIFY(m_fixture->paths.createFolders());
        const QString path = m_fixture->paths.recordsFile;
        QVERIFY(QFile::copy(QStringLiteral(FREERELAY_TEST_DATA "/store/v1.db"), path));
        QVERIFY(QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner));
        QVERIFY(finding(doctor(app::exitOk), u"records file"_s)
                    .contains("layout 1 (the next start brings it to"_L1));
        {
            auto database = store::Database::open(path, store::Database::Access::ReadWrite, 1s);
            QVERIFY(database && database->execute("PRAGMA user_version = 99"));
        }
        const QJsonObject checks = doctor(app::exitFailure);
        QVERIFY(finding(checks, u"records file"_s).contains("newer version"_L1));
    }

    /// By who listens there; the server is not asked.
    void seesServersOfModelsOnThisComputer()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        const QByteArray address = "http://127.0.0.1:" + QByteArray::number(server.serverPort())
            + "/v1";
        const QByteArray settings = "providers:\n  jan:\n    base_url: " + address + '\n';
        QVERIFY(m_fixture->paths.createFolders());
        write(m_fixture->paths.settingsFile, settings);
        CliResult result = m_fixture->run({u"doctor"_s});
        QVERIFY2(result.out.contains("Jan (local): a program listens"), result.out.constData());
        write(m_fixture->paths.settingsFile, settings + "    consent: true\n");
        result = m_fixture->run({u"doctor"_s});
        QVERIFY2(result.out.contains("Jan (local): listens on port"), result.out.constData());
        server.close();
        result = m_fixture->run({u"doctor"_s});
        QVERIFY2(result.out.contains("Jan (local): nothing listens"), result.out.constData());
        QVERIFY(!server.hasPendingConnections());
    }

    void namesTheProgramThatHasThePort()
    {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        m_fixture->setVariable(u"FREERELAY_PORT"_s, QString::number(other.serverPort()));
        const QJsonObject checks = doctor(app::exitFailure);
        QCOMPARE(verdict(checks, u"port"_s), u"fail"_s);
        QVERIFY2(
            advice(checks, u"port"_s).contains(QString::number(QCoreApplication::applicationPid())),
            qPrintable(advice(checks, u"port"_s)));
    }

    void saysOfAFreePortThatItIsFree()
    {
        QCOMPARE(finding(doctor(app::exitOk), u"port"_s), u"Any free one is taken."_s);
        QString port;
        {
            QTcpServer free;
            QVERIFY(free.listen(QHostAddress::LocalHost));
            port = QString::number(free.serverPort());
        }
        m_fixture->setVariable(u"FREERELAY_PORT"_s, port);
        QCOMPARE(
            finding(doctor(app::exitOk), u"port"_s),
            u"%1 is free; FreeRelay is not running."_s.arg(port));
    }

    /// Its control socket is elsewhere, as after its folder was removed.
    void namesAFreeRelayThatDoesNotAnswer()
    {
        const CliFixture another;
        const auto running = another.start({u"start"_s, u"--headless"_s, u"--port"_s, u"0"_s});
        QVERIFY(running->waitForStarted());
        const qint64 pid = running->processId();
        QByteArray said;
        QVERIFY(QTest::qWaitFor(
            [&] { return (said += running->readAllStandardError()).contains("(mode "); }, 20'000));
        const QByteArray address = "http://127.0.0.1:"_ba;
        const qsizetype at = said.indexOf(address);
        QVERIFY2(at >= 0, said);
        const QByteArray port = said.mid(
            at + address.size(), said.indexOf(' ', at) - at - address.size());
        m_fixture->setVariable(u"FREERELAY_PORT"_s, QString::fromLatin1(port));
        const QString told = advice(doctor(app::exitFailure), u"port"_s);
        running->terminate();
        QCOMPARE(CliFixture::finish(*running).exitCode, int(app::exitOk));
        QCOMPARE(told, u"A FreeRelay that does not answer has it: end process %1."_s.arg(pid));
    }

    void aClockThatIsBehindIsSeen_data()
    {
        QTest::addColumn<int>("seconds");
        QTest::addColumn<int>("expected");
        QTest::newRow("the second before this version") << -1 << int(services::Verdict::Failure);
        QTest::newRow("then") << 0 << int(services::Verdict::Ok);
        QTest::newRow("ten years later") << 315'360'000 << int(services::Verdict::Ok);
    }

    void aClockThatIsBehindIsSeen()
    {
        QFETCH(int, seconds);
        QFETCH(int, expected);
        constexpr common::WallTime november(std::chrono::seconds(1'793'491'200)); // 2026-11-01
        const common::Environment environment{QHash<QByteArray, QByteArray>()};
        const auto checks = services::examine(
            {m_fixture->paths, environment, november + std::chrono::seconds(seconds), {}});
        const auto clock = std::find_if(checks.begin(), checks.end(), [](const auto &check) {
            return check.name == "clock"_L1;
        });
        QVERIFY(clock != checks.end());
        QCOMPARE(int(clock->verdict), expected);
        QCOMPARE(clock->advice.isEmpty(), expected == int(services::Verdict::Ok));
    }

    void saysThatARunningProgramDoesNotListen()
    {
        m_fixture->gateway.now.listening = false;
        m_fixture->gateway.now.problem = u"Port 8000 is taken."_s;
        QVERIFY(m_fixture->listen());
        const QJsonObject checks = doctor(app::exitFailure);
        QCOMPARE(finding(checks, u"port"_s), u"Port 8000 is taken."_s);
        m_fixture->gateway.now.problem.clear();
        QVERIFY(finding(doctor(app::exitFailure), u"port"_s).contains("does not listen"_L1));
    }

    void tellsTheProxyWithoutItsPassword()
    {
        m_fixture->setVariable(u"https_proxy"_s, u"http://me:secret-word@proxy.example:3128"_s);
        const CliResult result = m_fixture->run({u"doctor"_s});
        QCOMPARE(result.exitCode, int(app::exitOk));
        QVERIFY(result.out.contains("https_proxy=proxy.example:3128"));
        QVERIFY(!result.out.contains("secret-word"));
    }

    void refusesAProxyThatIsFreeRelayItself()
    {
        QTcpServer free;
        QVERIFY(free.listen(QHostAddress::LocalHost));
        const QString port = QString::number(free.serverPort());
        m_fixture->setVariable(u"FREERELAY_PORT"_s, port);
        m_fixture->setVariable(u"https_proxy"_s, u"http://127.0.0.1:"_s % port);
        const QJsonObject checks = doctor(app::exitFailure);
        QCOMPARE(verdict(checks, u"proxy"_s), u"fail"_s);
    }

    void findsADamagedRecord()
    {
        fill(m_fixture->paths.recordsFile, 500);
        damage(m_fixture->paths.recordsFile);
        const QJsonObject checks = doctor(app::exitFailure);
        QCOMPARE(verdict(checks, u"records file"_s), u"fail"_s);
        QVERIFY(advice(checks, u"records file"_s).contains("--recover"_L1));
    }

    void bringsOverWhatCanBeRead()
    {
        const QString aside = m_fixture->paths.recordsFile % u".corrupt-20261124T000000Z"_s;
        fill(aside, 2'000);
        damage(aside);
        const QJsonObject checks = doctor(app::exitOk);
        QCOMPARE(verdict(checks, u"damaged files"_s), u"warn"_s);

        const CliResult recovered = m_fixture->run({u"doctor"_s, u"--recover"_s, u"--json"_s});
        QCOMPARE(recovered.exitCode, int(app::exitOk));
        const QJsonObject file = QJsonDocument::fromJson(recovered.out)
                                     .object()["files"_L1]
                                     .toArray()
                                     .first()
                                     .toObject();
        const int requests = file["requests"_L1].toInt();
        QVERIFY(requests > 1'500);
        store::RecordReader reader(m_fixture->paths.recordsFile);
        const auto page = reader.requests({}, 1);
        QVERIFY(page && !page->requests.empty());
        const QJsonObject after = doctor(app::exitOk);
        QVERIFY(finding(after, u"records file"_s).contains(u"Whole: %1 requests"_s.arg(requests)));
        QVERIFY(!after.contains("damaged files"_L1));
        const CliResult again = m_fixture->run({u"doctor"_s, u"--recover"_s});
        QCOMPARE(again.exitCode, int(app::exitOk));
        QVERIFY(again.err.contains("No damaged records file"));
    }

    void saysWhenNothingCanBeRecovered()
    {
        QVERIFY(m_fixture->paths.createFolders());
        write(
            m_fixture->paths.recordsFile % u".corrupt-20261124T000000Z"_s, QByteArray(20'000, 'x'));
        const CliResult result = m_fixture->run({u"doctor"_s, u"--recover"_s});
        QCOMPARE(result.exitCode, int(app::exitFailure));
        QVERIFY(result.err.contains("can be read"));
    }

private:
    /// The checks by name.
    QJsonObject doctor(int exitCode)
    {
        const CliResult result = m_fixture->run({u"doctor"_s, u"--json"_s});
        QTest::qCompare(
            result.exitCode, exitCode, "exitCode", result.all().constData(), __FILE__, __LINE__);
        QJsonObject checks;
        const QJsonArray array
            = QJsonDocument::fromJson(result.out).object()["checks"_L1].toArray();
        for (const QJsonValue &check : array) {
            checks.insert(check["check"_L1].toString(), check);
        }
        return checks;
    }

    static QString verdict(const QJsonObject &checks, const QString &name)
    {
        return checks[name]["verdict"_L1].toString();
    }
    static QString finding(const QJsonObject &checks, const QString &name)
    {
        return checks[name]["finding"_L1].toString();
    }
    static QString advice(const QJsonObject &checks, const QString &name)
    {
        return checks[name]["advice"_L1].toString();
    }

    static void write(const QString &path, const QByteArray &content)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
    }

    static void fill(const QString &path, int count)
    {
        auto database = store::openRecordFile(path, 1s);
        QVERIFY(database);
        auto writer = store::RecordWriter::create(*database, tests::sampleDay);
        QVERIFY(writer);
        std::vector<std::shared_ptr<const relay::Outcome>> batch;
        for (int i = 1; i <= count; ++i) {
            relay::Outcome outcome = tests::anOutcome(i);
            outcome.time -= 24h * 30; // before today, whenever the test runs
            batch.push_back(std::make_shared<const relay::Outcome>(outcome));
        }
        QVERIFY((*writer)->write(batch));
    }

    static void damage(const QString &path)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(file.size() / 2 / 4'096 * 4'096));
        QCOMPARE(file.write(QByteArray(4'096, '\xff')), 4'096);
    }

    std::unique_ptr<CliFixture> m_fixture;
};

QTEST_GUILESS_MAIN(TestCliDoctor)
#include "tst_cli_doctor.moc"
