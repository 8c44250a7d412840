#include "app/common/start_options.h"
#include "core/common/private_file.h"
#include "tests/integration/cli/cli_fixture.h"

#include <QFile>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using tests::CliFixture;
using tests::CliResult;

/// `start`: who runs, who hands over, and one at a time. The real gateway, on a port of its own.
class TestCliStart final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_fixture = std::make_unique<CliFixture>(); }

    void servesUntilItIsStopped()
    {
        const auto gateway = startHeadless();
        QVERIFY(gateway);
        const CliResult status = m_fixture->run({u"status"_s, u"--json"_s});
        QCOMPARE(status.exitCode, int(app::exitOk));
        const QJsonObject told = QJsonDocument::fromJson(status.out).object();
        QVERIFY(told.value("listening"_L1).toBool());
        QCOMPARE(told.value("mode"_L1).toString(), u"free"_s);
        QCOMPARE(told.value("pid"_L1).toInteger(), gateway->processId());
        const CliResult answer = m_fixture->run({u"ask"_s, u"Say hello"_s});
        QVERIFY2(answer.exitCode == app::exitOk, answer.err.constData());
        QVERIFY(!answer.out.trimmed().isEmpty());
        QVERIFY2(answer.err.contains("demo"), answer.err.constData());
        QCOMPARE(m_fixture->run({u"stop"_s}).exitCode, int(app::exitOk));
        QCOMPARE(CliFixture::finish(*gateway).exitCode, int(app::exitOk));
        QCOMPARE(m_fixture->run({u"status"_s}).exitCode, int(app::exitNotRunning));
    }

    void endsTheDemoWithWhatTheFilesConfigure_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("demo");
        QTest::newRow("nothing") << QString() << QByteArray() << true;
        QTest::newRow("consent in the settings")
            << u"settings.yaml"_s
            << "providers:\n  llm7:\n    base_url: http://127.0.0.1:1/v1\n    consent: true\n"_ba
            << false;
        QTest::newRow("own provider without a key")
            << u"providers.yaml"_s
            << "schema_version: 1\nproviders:\n- id: mine\n  base_url: http://127.0.0.1:1/v1\n"
               "  auth: none\n"_ba
            << false;
    }

    void endsTheDemoWithWhatTheFilesConfigure()
    {
        QFETCH(QString, file);
        QFETCH(QByteArray, text);
        QFETCH(bool, demo);
        if (!file.isEmpty()) {
            QVERIFY(m_fixture->paths.createFolders());
            QVERIFY(common::writePrivateFile(m_fixture->paths.configFolder + u'/' + file, text));
        }
        const auto gateway = startHeadless();
        QVERIFY(gateway);
        const CliResult status = m_fixture->run({u"status"_s, u"--json"_s});
        const QJsonObject told = QJsonDocument::fromJson(status.out).object();
        QCOMPARE(told.value("demo"_L1).toBool(), demo);
        QCOMPARE(told.value("providers_configured"_L1).toInt(), demo ? 0 : 1);
    }

    void saysAtTheStartWhatIsWrongWithKeys()
    {
        m_fixture->setVariable(u"GROQ_API_KEY"_s, u"not a key"_s);
        auto process = m_fixture->start({u"start"_s, u"--headless"_s, u"--port"_s, u"0"_s});
        QByteArray said;
        QTRY_VERIFY_WITH_TIMEOUT(
            (said += process->readAllStandardError()).contains("GROQ_API_KEY holds blanks"),
            20'000);
        process->terminate();
        QCOMPARE(CliFixture::finish(*process).exitCode, int(app::exitOk));
    }

    void endsInOrderOnASignal()
    {
        const auto gateway = startHeadless();
        QVERIFY(gateway);
        gateway->terminate();
        QCOMPARE(CliFixture::finish(*gateway).exitCode, int(app::exitOk));
        QVERIFY(!QFile::exists(m_fixture->paths.controlSocket));
    }

    void runsOnlyOnce()
    {
        const auto gateway = startHeadless();
        QVERIFY(gateway);
        const CliResult second = m_fixture->run({u"start"_s, u"--headless"_s, u"--port"_s, u"0"_s});
        QCOMPARE(second.exitCode, int(app::exitAlreadyRunning));
        QVERIFY2(
            second.err.contains("already running at http://127.0.0.1:"), second.err.constData());
        // Even when the first one cannot be talked with.
        QVERIFY(QFile::remove(m_fixture->paths.controlSocket));
        const CliResult third = m_fixture->run({u"start"_s, u"--headless"_s, u"--port"_s, u"0"_s});
        QCOMPARE(third.exitCode, int(app::exitAlreadyRunning));
    }

    void refusesToBeOpenToAllWithoutAKey()
    {
        const CliResult result = m_fixture->run(
            {u"start"_s, u"--headless"_s, u"--port"_s, u"0"_s, u"--host"_s, u"0.0.0.0"_s});
        QVERIFY(result.exitCode == app::exitRefused || result.exitCode == app::exitUsage);
        QVERIFY2(result.err.contains("FREERELAY_API_KEY"), result.err.constData());
    }

    void handsOverToTheDesktopWhenThereIsADisplay_data()
    {
        QTest::addColumn<QString>("variable");
        QTest::newRow("X11") << u"DISPLAY"_s;
        QTest::newRow("Wayland") << u"WAYLAND_DISPLAY"_s;
    }

    void handsOverToTheDesktopWhenThereIsADisplay()
    {
        QFETCH(QString, variable);
        QTemporaryDir folder;
        const QString program = besideADesktop(folder);
        m_fixture->setVariable(variable, u"somewhere"_s);
        const CliResult result = run(
            program, {u"start"_s, u"--port"_s, u"8123"_s, u"--mode"_s, u"paid"_s, u"--hidden"_s});
        QCOMPARE(result.exitCode, 42);
        QCOMPARE(result.out, "desktop --port 8123 --mode paid --hidden\n"_ba);
        QCOMPARE(run(program, {}).out, "desktop\n"_ba);
        const CliResult chaos = run(
            program, {u"start"_s, u"--chaos"_s, u"--chaos"_s, u"fault=cut,rate=1"_s});
        QCOMPARE(
            chaos.out,
            "desktop --chaos fault=any,rate=0.1,seed=1 --chaos fault=cut,rate=1,seed=1\n"_ba);
    }

    void staysWithoutAWindowWhenToldSoOrWithoutADisplay_data()
    {
        QTest::addColumn<bool>("hasDisplay");
        QTest::addColumn<bool>("hasDesktop");
        QTest::addColumn<QStringList>("option");
        QTest::newRow("--headless") << true << true << QStringList{u"--headless"_s};
        QTest::newRow("no display") << false << true << QStringList{};
        QTest::newRow("no desktop program") << true << false << QStringList{};
    }

    void staysWithoutAWindowWhenToldSoOrWithoutADisplay()
    {
        QFETCH(bool, hasDisplay);
        QFETCH(bool, hasDesktop);
        QFETCH(QStringList, option);
        QTemporaryDir folder;
        const QString program = besideADesktop(folder);
        if (!hasDesktop) {
            QVERIFY(QFile::remove(folder.filePath(u"freerelay-desktop"_s)));
        }
        if (hasDisplay) {
            m_fixture->setVariable(u"DISPLAY"_s, u"somewhere"_s);
        }
        QProcess process;
        process.setProcessEnvironment(m_fixture->environment());
        process.start(program, QStringList{u"start"_s, u"--port"_s, u"0"_s} + option);
        QByteArray said;
        QTRY_VERIFY_WITH_TIMEOUT(
            (said += process.readAllStandardError()).contains("listens on"), 20'000);
        process.terminate();
        QCOMPARE(CliFixture::finish(process).exitCode, int(app::exitOk));
    }

private:
    /// A gateway that serves; null when it does not.
    [[nodiscard]] std::unique_ptr<QProcess> startHeadless() const
    {
        auto process = m_fixture->start(
            {u"start"_s, u"--headless"_s, u"--port"_s, u"0"_s, u"--mode"_s, u"free"_s});
        QByteArray said;
        const bool isListening = QTest::qWaitFor(
            [&] { return (said += process->readAllStandardError()).contains("listens on"); },
            20'000);
        if (!isListening) {
            qWarning("%s", said.constData());
            process->kill();
            process->waitForFinished();
            return nullptr;
        }
        return process;
    }

    /// The program beside a desktop program that only tells its arguments.
    [[nodiscard]] static QString besideADesktop(const QTemporaryDir &folder)
    {
        const QString program = folder.filePath(u"freerelay"_s);
        QFile::copy(QStringLiteral(FREERELAY_PROGRAM), program);
        QFile desktop(folder.filePath(u"freerelay-desktop"_s));
        if (desktop.open(QIODevice::WriteOnly)) {
            desktop.write("#!/bin/sh\necho desktop \"$@\"\nexit 42\n");
            desktop.setPermissions(QFile::ReadOwner | QFile::ExeOwner);
        }
        return program;
    }

    [[nodiscard]] CliResult run(const QString &program, const QStringList &arguments) const
    {
        QProcess process;
        process.setProcessEnvironment(m_fixture->environment());
        process.start(program, arguments);
        return CliFixture::finish(process);
    }

    std::unique_ptr<CliFixture> m_fixture;
};

QTEST_GUILESS_MAIN(TestCliStart)
#include "tst_cli_start.moc"
