#include "app/common/start_options.h"
#include "tests/integration/cli/cli_fixture.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using tests::CliFixture;
using tests::CliResult;

/// Every command that talks with the running program: what it says, does and returns.
class TestCliCommands final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_fixture = std::make_unique<CliFixture>(); }

    void saysThatNothingRuns_data()
    {
        QTest::addColumn<QStringList>("arguments");
        for (const char *words :
             {"status",
              "status --json",
              "mode",
              "mode free",
              "pause",
              "resume",
              "stop",
              "show",
              "models",
              "requests",
              "requests req_1",
              "quota",
              "keys list",
              "keys add groq",
              "keys remove groq",
              "keys test",
              "setup",
              "ask hello",
              "benchmark"}) {
            QTest::newRow(words) << QString::fromLatin1(words).split(u' ');
        }
    }

    void saysThatNothingRuns()
    {
        QFETCH(QStringList, arguments);
        const CliResult result = m_fixture->run(arguments);
        QCOMPARE(result.exitCode, int(app::exitNotRunning));
        QCOMPARE(result.out, QByteArray());
        QVERIFY2(result.err.contains("freerelay start"), result.err.constData());
    }

    void refusesWrongUsage_data()
    {
        QTest::addColumn<QStringList>("arguments");
        for (const char *words :
             {"nonsense",
              "status more",
              "mode fast",
              "keys",
              "keys add",
              "keys remove",
              "ask",
              "start --port 70000",
              "start --port many",
              "start --mode fast",
              "benchmark --requests 0",
              "requests --limit 0",
              "requests --limit 501",
              "requests req_1 --provider groq",
              "benchmark --concurrent 100000",
              "completion",
              "completion tcsh",
              "--unknown"}) {
            QTest::newRow(words) << QString::fromLatin1(words).split(u' ');
        }
    }

    void refusesWrongUsage()
    {
        QFETCH(QStringList, arguments);
        const CliResult result = m_fixture->run(arguments);
        QCOMPARE(result.exitCode, int(app::exitUsage));
        QCOMPARE(result.out, QByteArray());
        QVERIFY(!result.err.isEmpty());
    }

    void explainsItself_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("part");
        QTest::newRow("all") << QStringList{u"--help"_s} << "Exit codes:"_ba;
        QTest::newRow("start") << QStringList{u"start"_s, u"--help"_s} << "--headless"_ba;
        QTest::newRow("keys") << QStringList{u"keys"_s, u"--help"_s} << "remove"_ba;
        QTest::newRow("keys add") << QStringList{u"keys"_s, u"add"_s, u"--help"_s} << "Example"_ba;
        QTest::newRow("ask") << QStringList{u"ask"_s, u"--help"_s} << "Example"_ba;
        QTest::newRow("benchmark") << QStringList{u"benchmark"_s, u"--help"_s} << "Example"_ba;
        QTest::newRow("version") << QStringList{u"--version"_s} << QByteArray(FREERELAY_VERSION);
    }

    void explainsItself()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, part);
        const CliResult result = m_fixture->run(arguments);
        QCOMPARE(result.exitCode, int(app::exitOk));
        QVERIFY2(result.out.contains(part), result.out.constData());
        QCOMPARE(result.err, QByteArray());
    }

    void showsTheStatus()
    {
        QVERIFY(m_fixture->listen());
        m_fixture->gateway.now.problem = u"The keychain is locked."_s;
        const CliResult result = m_fixture->run({u"status"_s});
        QCOMPARE(result.exitCode, int(app::exitOk));
        for (const char *part :
             {"running",
              "http://127.0.0.1:8000",
              "auto",
              "2 ready of 3",
              "42 (1 failed",
              "locked"}) {
            QVERIFY2(result.out.contains(part), result.out.constData());
        }
        QVERIFY(!result.out.contains('\x1b'));
        QCOMPARE(result.err, QByteArray());
    }

    void showsTheStateInWords_data()
    {
        QTest::addColumn<bool>("listening");
        QTest::addColumn<bool>("paused");
        QTest::addColumn<bool>("demo");
        QTest::addColumn<QByteArray>("words");
        QTest::newRow("running") << true << false << false << "running\n"_ba;
        QTest::newRow("paused") << true << true << false << "paused\n"_ba;
        QTest::newRow("demo") << true << false << true << "demo"_ba;
        QTest::newRow("port taken") << false << false << false << "not listening\n"_ba;
    }

    void showsTheStateInWords()
    {
        QFETCH(bool, listening);
        QFETCH(bool, paused);
        QFETCH(bool, demo);
        QFETCH(QByteArray, words);
        QVERIFY(m_fixture->listen());
        m_fixture->gateway.now.listening = listening;
        m_fixture->gateway.now.paused = paused;
        m_fixture->gateway.now.demo = demo;
        const CliResult result = m_fixture->run({u"status"_s});
        QVERIFY2(result.out.contains(words), result.out.constData());
    }

    void givesTheStatusToPrograms()
    {
        QVERIFY(m_fixture->listen());
        const CliResult result = m_fixture->run({u"status"_s, u"--json"_s});
        QCOMPARE(result.exitCode, int(app::exitOk));
        const QJsonObject status = QJsonDocument::fromJson(result.out).object();
        QCOMPARE(status.value("endpoint"_L1).toString(), u"http://127.0.0.1:8000"_s);
        QCOMPARE(status.value("requests_total"_L1).toInt(), 42);
        QVERIFY(status.value("listening"_L1).toBool());
    }

    void showsAndSetsTheMode()
    {
        QVERIFY(m_fixture->listen());
        QCOMPARE(m_fixture->run({u"mode"_s}).out, "auto\n"_ba);
        QCOMPARE(m_fixture->run({u"mode"_s, u"free"_s}).exitCode, int(app::exitOk));
        QVERIFY(m_fixture->gateway.now.mode == common::Mode::Free);
        QCOMPARE(m_fixture->run({u"mode"_s}).out, "free\n"_ba);
    }

    void saysThatTheModeCouldNotBeWritten()
    {
        QVERIFY(m_fixture->listen());
        m_fixture->gateway.settingsError = common::Error{
            common::ErrorKind::StorageFailed, u"The disk is full."_s};
        const CliResult result = m_fixture->run({u"mode"_s, u"paid"_s});
        QCOMPARE(result.exitCode, int(app::exitFailure));
        QVERIFY(result.err.contains("The disk is full."));
    }

    void pausesResumesAndStops()
    {
        QVERIFY(m_fixture->listen());
        QCOMPARE(m_fixture->run({u"pause"_s}).exitCode, int(app::exitOk));
        QVERIFY(m_fixture->gateway.now.paused);
        QCOMPARE(m_fixture->run({u"resume"_s}).exitCode, int(app::exitOk));
        QVERIFY(!m_fixture->gateway.now.paused);
        QCOMPARE(m_fixture->run({u"stop"_s}).exitCode, int(app::exitOk));
        QVERIFY(m_fixture->gateway.hasQuit);
    }

    void bringsUpTheWindow()
    {
        int shown = 0;
        QVERIFY(m_fixture->listen([&shown] { ++shown; }));
        const CliResult result = m_fixture->run({u"show"_s});
        QCOMPARE(result.exitCode, int(app::exitOk));
        QCOMPARE(shown, 1);
        QCOMPARE(result.err, QByteArray());
    }

    void saysThatThereIsNoWindow()
    {
        QVERIFY(m_fixture->listen());
        const CliResult result = m_fixture->run({u"show"_s});
        QCOMPARE(result.exitCode, int(app::exitFailure));
        QVERIFY(result.err.contains("without a window"));
    }

    void listsRecordedRequests()
    {
        QVERIFY(m_fixture->listen());
        const CliResult all = m_fixture->run({u"requests"_s});
        QCOMPARE(all.exitCode, int(app::exitOk));
        QCOMPARE(all.out.count('\n'), 13); // with the titles
        QVERIFY2(all.out.contains("req_12"), all.out.constData());
        QVERIFY2(all.out.contains("812 in, 240 out"), all.out.constData());
        const CliResult failed = m_fixture->run({u"requests"_s, u"--status"_s, u"failed"_s});
        QCOMPARE(failed.out.count('\n'), 2);
        QVERIFY2(failed.out.contains("429"), failed.out.constData());
        const CliResult few = m_fixture->run({u"requests"_s, u"--limit"_s, u"3"_s, u"--json"_s});
        QCOMPARE(QJsonDocument::fromJson(few.out).array().size(), 3);
        const CliResult none = m_fixture->run({u"requests"_s, u"--app"_s, u"nobody"_s});
        QCOMPARE(none.exitCode, int(app::exitOk));
        QCOMPARE(none.out, QByteArray());
        QVERIFY(none.err.contains("no such request"));
        const CliResult wrong = m_fixture->run({u"requests"_s, u"--status"_s, u"fine"_s});
        QCOMPARE(wrong.exitCode, int(app::exitUsage));
        QVERIFY2(wrong.err.contains("2xx, 4xx, 5xx, failed"), wrong.err.constData());
    }

    void showsQuotas()
    {
        QVERIFY(m_fixture->listen());
        const CliResult all = m_fixture->run({u"quota"_s});
        QCOMPARE(all.exitCode, int(app::exitOk));
        for (const char *part :
             {"Google AI Studio: used up, back in 6 h 40 min\n",
              "██████████  250 of 250, refused",
              "████░░░░░░  12 of 30",
              "42 s",
              "told by replies",
              "17, limit unknown",
              "empty at 15:40, back at 00:00",
              "at rest  groq/qwen/qwen3-32b",
              "for 90 s"}) {
            QVERIFY2(all.out.contains(part), all.out.constData());
        }
        QVERIFY2(
            all.err.contains("Next: Groq (groq/openai/gpt-oss-120b), then OVHcloud"),
            all.err.constData());
        const CliResult one = m_fixture->run({u"quota"_s, u"--provider"_s, u"google"_s});
        QVERIFY2(!one.out.contains("Groq"), one.out.constData());
        const CliResult none = m_fixture->run({u"quota"_s, u"--provider"_s, u"nobody"_s});
        QCOMPARE(none.exitCode, int(app::exitOk));
        QCOMPARE(none.out, QByteArray());
        QVERIFY(none.err.contains("Nothing is known"));
        const CliResult json = m_fixture->run({u"quota"_s, u"--json"_s});
        QCOMPARE(QJsonDocument::fromJson(json.out).object().value("data"_L1).toArray().size(), 2);
    }

    void explainsOneRequest()
    {
        QVERIFY(m_fixture->listen());
        const CliResult result = m_fixture->run({u"requests"_s, u"req_12"_s});
        QCOMPARE(result.exitCode, int(app::exitOk));
        for (const char *part :
             {"claude-cli 1.0.2",
              "429 rate limited",
              "tried, failed: rate limited",
              "not needed",
              "not considered: cooling down until ",
              "not considered: context too small"}) {
            QVERIFY2(result.out.contains(part), result.out.constData());
        }
        QVERIFY2(result.err.contains("3 ranked, 2 not considered"), result.err.constData());
        const CliResult json = m_fixture->run({u"requests"_s, u"req_12"_s, u"--json"_s});
        QCOMPARE(QJsonDocument::fromJson(json.out).object().value("id"_L1).toString(), u"req_12"_s);
        const CliResult none = m_fixture->run({u"requests"_s, u"req_0"_s});
        QCOMPARE(none.exitCode, int(app::exitFailure));
        QVERIFY(none.err.contains("no record"));
    }

    void listsModels()
    {
        QVERIFY(m_fixture->listen());
        m_fixture->gateway.catalogue = {
            {u"groq/small"_s, u"groq"_s, u"free"_s, true, 131'072},
            {u"openai/large"_s, u"openai"_s, u"paid"_s, false, std::nullopt},
            {u"freerelay/x"_s, u"freerelay"_s, QString(), false, std::nullopt}};
        const CliResult usable = m_fixture->run({u"models"_s});
        QCOMPARE(usable.out, "groq/small  free  131072 tokens\n"_ba);
        const CliResult all = m_fixture->run({u"models"_s, u"--all"_s});
        QVERIFY(all.out.contains("openai/large  paid  window unknown  not usable now\n"));
        // A name of ours stands for models of several sizes.
        QCOMPARE(all.out.count("window"), 1);
        const CliResult json = m_fixture->run({u"models"_s, u"--all"_s, u"--json"_s});
        const QJsonArray rows = QJsonDocument::fromJson(json.out).array();
        QCOMPARE(rows.size(), 3);
        QVERIFY(rows[1].toObject().value("context_window"_L1).isNull());
    }

    void saysHowToGetAModel()
    {
        QVERIFY(m_fixture->listen());
        const CliResult result = m_fixture->run({u"models"_s});
        QCOMPARE(result.exitCode, int(app::exitOk));
        QCOMPARE(result.out, QByteArray());
        QVERIFY(result.err.contains("freerelay setup"));
    }

    void listsKeysWithTheirSource()
    {
        QVERIFY(m_fixture->listen());
        const CliResult result = m_fixture->run({u"keys"_s, u"list"_s});
        QCOMPARE(result.exitCode, int(app::exitOk));
        QCOMPARE(result.out.count('\n'), 4);
        QVERIFY2(result.out.contains("gsk…77aa  GROQ_API_KEY"), result.out.constData());
        QVERIFY(result.out.contains("Daily limit reached"));
        const CliResult json = m_fixture->run({u"keys"_s, u"list"_s, u"--json"_s});
        QCOMPARE(QJsonDocument::fromJson(json.out).array().size(), 6);
    }

    void savesAKeyFromAPipeAfterTestingIt()
    {
        QVERIFY(m_fixture->listen());
        m_fixture->gateway.testAnswer = interfaces::KeyTestResult{
            std::chrono::milliseconds(12), 3, u"It works."_s};
        const CliResult result = m_fixture->run(
            {u"keys"_s, u"add"_s, u"mistral"_s}, "  piped-secret-key \n");
        QVERIFY2(result.exitCode == app::exitOk, result.err.constData());
        QCOMPARE(m_fixture->gateway.tested.size(), std::size_t(1));
        QCOMPARE(m_fixture->gateway.tested[0].candidate, "piped-secret-key"_ba);
        QCOMPARE(m_fixture->gateway.added.size(), std::size_t(1));
        QCOMPARE(m_fixture->gateway.added[0].provider, "mistral"_ba);
        QCOMPARE(m_fixture->gateway.added[0].key, "piped-secret-key"_ba);
        QVERIFY(m_fixture->gateway.added[0].storage == interfaces::KeyStorage::Keychain);
        QVERIFY(!result.all().contains("piped-secret-key"));
        QVERIFY(result.out.contains("It works."));
    }

    void doesNotSaveAKeyThatFailsUnlessTold()
    {
        QVERIFY(m_fixture->listen());
        m_fixture->gateway.testAnswer = common::failure(
            common::ErrorKind::Unauthenticated, u"The provider does not know this key."_s);
        const CliResult refused = m_fixture->run({u"keys"_s, u"add"_s, u"mistral"_s}, "bad\n");
        QCOMPARE(refused.exitCode, int(app::exitFailure));
        QVERIFY(refused.err.contains("does not know this key"));
        QVERIFY(m_fixture->gateway.added.empty());
        const CliResult untested = m_fixture->run(
            {u"keys"_s, u"add"_s, u"mistral"_s, u"--no-test"_s}, "bad\n");
        QCOMPARE(untested.exitCode, int(app::exitOk));
        QCOMPARE(m_fixture->gateway.added.size(), std::size_t(1));
        QCOMPARE(m_fixture->gateway.tested.size(), std::size_t(1));
    }

    void neverWritesPlainTextUnasked()
    {
        QVERIFY(m_fixture->listen());
        m_fixture->gateway.refusals[interfaces::KeyStorage::Keychain] = common::Error{
            common::ErrorKind::KeychainUnavailable, u"No keychain runs here."_s};
        const CliResult result = m_fixture->run({u"keys"_s, u"add"_s, u"mistral"_s}, "key-value\n");
        QCOMPARE(result.exitCode, int(app::exitFailure));
        QVERIFY(result.err.contains("No keychain runs here."));
        QCOMPARE(m_fixture->gateway.added.size(), std::size_t(1));
    }

    void refusesAnUnknownProviderAndNoKey()
    {
        QVERIFY(m_fixture->listen());
        const CliResult unknown = m_fixture->run({u"keys"_s, u"add"_s, u"nobody"_s}, "key\n");
        QCOMPARE(unknown.exitCode, int(app::exitUsage));
        QVERIFY(unknown.err.contains("nobody"));
        QCOMPARE(
            m_fixture->run({u"keys"_s, u"add"_s, u"mistral"_s}, "\n").exitCode,
            int(app::exitUsage));
        QCOMPARE(m_fixture->run({u"keys"_s, u"add"_s, u"mistral"_s}).exitCode, int(app::exitUsage));
        QVERIFY(m_fixture->gateway.added.empty());
    }

    void removesTheOnlyKeyThatCanBeRemoved()
    {
        QVERIFY(m_fixture->listen());
        QCOMPARE(m_fixture->run({u"keys"_s, u"remove"_s, u"groq"_s}).exitCode, int(app::exitOk));
        QCOMPARE(m_fixture->gateway.removed.size(), std::size_t(1));
        QCOMPARE(m_fixture->gateway.removed[0].second, "f1"_ba);
        const CliResult left = m_fixture->run({u"keys"_s, u"remove"_s, u"groq"_s, u"f2"_s});
        QCOMPARE(left.exitCode, int(app::exitUsage));
        QVERIFY(left.err.contains("environment"));
    }

    void asksWhichOfSeveralKeysToRemove()
    {
        QVERIFY(m_fixture->listen());
        m_fixture->gateway.rows[4].keys.push_back({"f9", u"gsk…1111"_s, u"this session"_s, true});
        const CliResult unclear = m_fixture->run({u"keys"_s, u"remove"_s, u"groq"_s});
        QCOMPARE(unclear.exitCode, int(app::exitUsage));
        QVERIFY(m_fixture->gateway.removed.empty());
        QCOMPARE(
            m_fixture->run({u"keys"_s, u"remove"_s, u"groq"_s, u"f9"_s}).exitCode,
            int(app::exitOk));
        QCOMPARE(m_fixture->gateway.removed[0].second, "f9"_ba);
    }

    void testsStoredKeys()
    {
        QVERIFY(m_fixture->listen());
        QCOMPARE(m_fixture->run({u"keys"_s, u"test"_s}).exitCode, int(app::exitOk));
        QCOMPARE(m_fixture->gateway.tested.size(), std::size_t(4));
        QCOMPARE(m_fixture->run({u"keys"_s, u"test"_s, u"groq"_s}).exitCode, int(app::exitOk));
        QCOMPARE(m_fixture->gateway.tested.size(), std::size_t(6));
        QCOMPARE(m_fixture->gateway.tested[5].fingerprint, "f2"_ba);
        QCOMPARE(
            m_fixture->run({u"keys"_s, u"test"_s, u"mistral"_s}).exitCode, int(app::exitFailure));
        m_fixture->gateway.testAnswer = common::failure(
            common::ErrorKind::Unauthenticated, u"Rejected."_s);
        const CliResult failed = m_fixture->run({u"keys"_s, u"test"_s, u"google"_s});
        QCOMPARE(failed.exitCode, int(app::exitFailure));
        QVERIFY2(failed.err.contains("google AIz…x0x0: Rejected."), failed.err.constData());
    }

    void saysThatThereMayBeKeysItCannotRead()
    {
        QVERIFY(m_fixture->listen());
        auto locked = m_fixture->gateway.rows.front();
        locked.keys.clear();
        locked.state = interfaces::KeyState::KeychainLocked;
        locked.stateText = u"The keychain is locked."_s;
        m_fixture->gateway.rows = {locked};
        const CliResult result = m_fixture->run({u"keys"_s, u"list"_s});
        QCOMPARE(result.exitCode, int(app::exitOk));
        QVERIFY2(result.err.contains("The keychain is locked."), result.err.constData());
        QVERIFY(!result.err.contains("No key is stored"));
    }

    void leadsThroughSetupWithoutATerminal()
    {
        QVERIFY(m_fixture->listen());
        const CliResult result = m_fixture->run({u"setup"_s}, "y\nmistral\nthe-piped-key\n");
        QCOMPARE(result.exitCode, int(app::exitOk));
        QCOMPARE(m_fixture->gateway.consents.size(), std::size_t(1));
        QCOMPARE(m_fixture->gateway.added.size(), std::size_t(1));
        QCOMPARE(m_fixture->gateway.added[0].key, "the-piped-key"_ba);
        QVERIFY(!result.all().contains('\x1b'));
    }

private:
    std::unique_ptr<CliFixture> m_fixture;
};

QTEST_GUILESS_MAIN(TestCliCommands)
#include "tst_cli_commands.moc"
