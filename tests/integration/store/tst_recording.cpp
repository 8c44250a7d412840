#include "core/store/record_reader.h"
#include "tests/integration/telemetry/running_gateway.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

/// The records of the built program, with the demo provider answering.
class TestRecording final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<CliFixture>();
        m_gateway = std::make_unique<RunningGateway>(*m_fixture);
    }

    void cleanup()
    {
        m_gateway.reset();
        m_fixture.reset();
    }

    void keepsWhatBecameOfEachRequest()
    {
        QVERIFY(m_gateway->start());
        const RawReply reply = ask();
        QCOMPARE(reply.status, 200);
        QCOMPARE(
            m_gateway->post("/v1/chat/completions"_ba, "{"_ba, "User-Agent: broken/2\r\n"_ba)
                .status,
            400);
        QTRY_COMPARE(records()["written"_L1].toInt(), 2);
        QVERIFY(records()["recording"_L1].toBool());
        QCOMPARE(records()["dropped"_L1].toInt(), 0);
        QVERIFY(!records().contains("problem"_L1));

        store::RecordReader reader(m_fixture->paths.recordsFile);
        const auto stored = reader.request(reply.headers.value("x-freerelay-request-id"));
        QVERIFY(stored);
        const relay::Outcome &outcome = stored->outcome;
        QCOMPARE(outcome.status, 200);
        QCOMPARE(outcome.app, "some-tool"_ba);
        QCOMPARE(outcome.appVersion, "1.2"_ba);
        QCOMPARE(outcome.provider, reply.headers.value("x-freerelay-provider"));
        QVERIFY(outcome.parseTime.count() > 0);
        QVERIFY(outcome.decision);
        QVERIFY(outcome.decision->duration.count() > 0);
        QVERIFY(outcome.decision->candidates->rankedCount() > 0);

        store::RequestFilter failed;
        failed.failedOnly = true;
        const auto page = reader.requests(failed, 10);
        QVERIFY(page);
        QCOMPARE(page->requests.size(), std::size_t(1));
        QCOMPARE(page->requests.front().outcome.app, "broken"_ba);
        QCOMPARE(page->requests.front().outcome.errorClass, "bad_request"_ba);
    }

    void notesThatAClientAskedTheSameAgain()
    {
        QVERIFY(m_gateway->start());
        const RawReply first = ask("which bird is this?"_ba);
        QTRY_COMPARE(records()["written"_L1].toInt(), 1); // it has ended for the worker as well
        const RawReply other = ask("which tree is this?"_ba);
        const RawReply again = ask("which bird is this?"_ba);
        QTRY_COMPARE(records()["written"_L1].toInt(), 3);
        store::RecordReader reader(m_fixture->paths.recordsFile);
        const auto stored = reader.request(first.headers.value("x-freerelay-request-id"));
        QVERIFY(stored);
        QCOMPARE(stored->amendments.size(), std::size_t(1));
        QCOMPARE(stored->amendments.front().kind, "client_retried"_ba);
        QCOMPARE(
            stored->amendments.front().otherRequestId,
            again.headers.value("x-freerelay-request-id"));
        QCOMPARE(stored->retried, 1);
        for (const RawReply &reply : {other, again}) {
            const auto one = reader.request(reply.headers.value("x-freerelay-request-id"));
            QVERIFY(one && one->amendments.empty());
        }
    }

    void givesAKeyTheSameFingerprintInTheNextRun()
    {
        m_fixture->setVariable(u"GROQ_API_KEY"_s, u"gsk_sample-of-a-key"_s);
        m_fixture->setVariable(u"GROQ_BASE_URL"_s, u"http://127.0.0.1:9/v1"_s); // nobody
        QList<QByteArray> fingerprints;
        for (int run = 0; run < 2; ++run) {
            m_gateway = std::make_unique<RunningGateway>(*m_fixture);
            QVERIFY(m_gateway->start());
            const CliResult keys = m_fixture->run({u"keys"_s, u"list"_s, u"--json"_s});
            const qsizetype at = keys.out.indexOf("\"fingerprint\": \"");
            QVERIFY2(at > 0, keys.all().constData());
            fingerprints.append(keys.out.mid(at, 40));
            QCOMPARE(m_gateway->stop().exitCode, 0);
        }
        QCOMPARE(fingerprints[0], fingerprints[1]);
    }

    void keepsNothingOfWhatWasSaid()
    {
        QVERIFY(m_gateway->start());
        QCOMPARE(ask("xylophone-of-my-grandmother"_ba).status, 200);
        QTRY_COMPARE(records()["written"_L1].toInt(), 1);
        QCOMPARE(m_gateway->stop().exitCode, 0);
        const QFileInfo info(m_fixture->paths.recordsFile);
        for (const QString &name : info.dir().entryList({u"records.db*"_s})) {
            QFile file(info.dir().filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY(!file.readAll().contains("xylophone"));
        }
        QVERIFY(!records(m_fixture->paths.recordsFile).isEmpty());
    }

    void writesTheLastOnesAtItsEnd()
    {
        QVERIFY(m_gateway->start());
        for (int i = 0; i < 20; ++i) {
            QCOMPARE(ask().status, 200);
        }
        QCOMPARE(m_gateway->stop().exitCode, 0); // less than a batch's time later
        QCOMPARE(records(m_fixture->paths.recordsFile).size(), 20);
    }

    void answersWithoutRecordsAndSaysSo()
    {
        // Where the file should be.
        QVERIFY(QDir().mkpath(m_fixture->paths.recordsFile));
        QVERIFY(m_gateway->start());
        QCOMPARE(ask().status, 200);
        QTRY_COMPARE(records()["problem"_L1].toString(), u"The records file cannot be written."_s);
        QVERIFY(!records()["recording"_L1].toBool());
        QCOMPARE(records()["written"_L1].toInt(), 0);
        QCOMPARE(ask().status, 200);
        const CliResult status = m_fixture->run({u"status"_s, u"--json"_s});
        QVERIFY(status.out.contains("not recorded"));
        QVERIFY(m_gateway->said().contains("requests are not recorded"));
        QVERIFY(!health().contains(QFile::encodeName(m_fixture->paths.dataFolder)));
    }

    void answersWithoutADataFolderAndSaysSo()
    {
        const QTemporaryDir elsewhere;
        m_fixture->setVariable(u"XDG_DATA_HOME"_s, elsewhere.path());
        QFile inItsPlace(elsewhere.filePath(u"freerelay"_s));
        QVERIFY(inItsPlace.open(QIODevice::WriteOnly));
        QVERIFY(m_gateway->start());
        QCOMPARE(ask().status, 200);
        QTRY_VERIFY(!records()["problem"_L1].toString().isEmpty());
        QVERIFY(!records()["recording"_L1].toBool());
        QVERIFY(m_gateway->said().contains("requests are not recorded"));
        QCOMPARE(m_gateway->stop().exitCode, 0);
    }

private:
    RawReply ask(const QByteArray &words = "hi"_ba)
    {
        QByteArray body = R"({"messages":[{"role":"user","content":"WORDS"}]})";
        body.replace("WORDS", words);
        return m_gateway->post(
            "/v1/chat/completions"_ba, body, "User-Agent: some-tool/1.2 (x)\r\n"_ba);
    }

    QByteArray health() { return m_gateway->get("/health"_ba).body; }
    QJsonObject records()
    {
        return QJsonDocument::fromJson(health()).object()["records"_L1].toObject();
    }

    static QList<QByteArray> records(const QString &path)
    {
        QList<QByteArray> ids;
        const auto page = store::RecordReader(path).requests({}, 1'000);
        if (page) {
            for (const store::StoredRequest &request : page->requests) {
                ids.append(request.outcome.requestId);
            }
        }
        return ids;
    }

    std::unique_ptr<CliFixture> m_fixture;
    std::unique_ptr<RunningGateway> m_gateway;
};

QTEST_GUILESS_MAIN(TestRecording)
#include "tst_recording.moc"
