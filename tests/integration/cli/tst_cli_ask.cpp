#include "app/common/start_options.h"
#include "tests/integration/cli/cli_fixture.h"
#include "tests/support/fake_upstream.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using tests::CliFixture;
using tests::CliResult;
using tests::FakeReply;
using tests::FakeUpstream;

namespace {

QByteArray piece(const QString &text)
{
    const QJsonObject chunk{
        {u"choices"_s, QJsonArray{QJsonObject{{u"delta"_s, QJsonObject{{u"content"_s, text}}}}}}};
    return "data: " + QJsonDocument(chunk).toJson(QJsonDocument::Compact);
}

FakeReply answer()
{
    return FakeReply::sse({piece(u"Hel"_s), piece(u"lo, wörld"_s), "data: [DONE]"})
        .withHeader("x-freerelay-provider", "groq")
        .withHeader("x-freerelay-model", "groq/small");
}

FakeReply whole()
{
    return FakeReply::json(R"({"choices":[{"message":{"role":"assistant","content":"Yes."}}]})");
}

FakeReply failure(int status, const QString &message)
{
    const QJsonObject body{{u"error"_s, QJsonObject{{u"message"_s, message}}}};
    return FakeReply::json(QJsonDocument(body).toJson(QJsonDocument::Compact), status);
}

} // namespace

/// `ask` and `benchmark` against a gateway that a test plays.
class TestCliAsk final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<CliFixture>();
        m_upstream = std::make_unique<FakeUpstream>();
        m_fixture->gateway.now.endpoint = QString::fromLatin1(m_upstream->url());
        QVERIFY(m_fixture->listen());
    }

    void printsTheAnswerAndWhoGaveIt()
    {
        m_upstream->enqueue(answer());
        const CliResult result = m_fixture->run({u"ask"_s, u"Say hello"_s});
        QCOMPARE(result.exitCode, int(app::exitOk));
        QCOMPARE(result.out, "Hello, wörld\n"_ba);
        QVERIFY2(result.err.contains("groq (groq/small)"), result.err.constData());
        const tests::FakeRequest request = m_upstream->request(0);
        QCOMPARE(request.method, "POST"_ba);
        QCOMPARE(request.target, "/v1/chat/completions"_ba);
        // FreeRelay's own key: apps' keys may be mandatory.
        QCOMPARE(
            request.headers.value("authorization"),
            "Bearer " + m_fixture->gateway.appKeys().ownKey().reveal());
        const QJsonObject body = QJsonDocument::fromJson(request.body).object();
        QVERIFY(body.value("stream"_L1).toBool());
        QVERIFY(!body.contains("model"_L1));
        const QJsonObject message = body.value("messages"_L1).toArray().first().toObject();
        QCOMPARE(message.value("content"_L1).toString(), u"Say hello"_s);
    }

    void printsEachPieceAsItComes()
    {
        m_upstream->enqueue(answer().heldFrom(1));
        const auto process = m_fixture->start({u"ask"_s, u"Say hello"_s});
        QByteArray out;
        QTRY_VERIFY((out += process->readAllStandardOutput()) == "Hel");
        QVERIFY(process->state() == QProcess::Running);
        m_upstream->releaseAll();
        QCOMPARE(CliFixture::finish(*process).out, "lo, wörld\n"_ba);
    }

    void readsTheQuestionFromStandardInput()
    {
        m_upstream->enqueue(answer());
        const CliResult result = m_fixture->run(
            {u"ask"_s, u"-"_s, u"--model"_s, u"freerelay-free"_s}, "Line one\nline “two”\n");
        QCOMPARE(result.exitCode, int(app::exitOk));
        const QJsonObject body = QJsonDocument::fromJson(m_upstream->request(0).body).object();
        QCOMPARE(body.value("model"_L1).toString(), u"freerelay-free"_s);
        const QJsonObject message = body.value("messages"_L1).toArray().first().toObject();
        QCOMPARE(message.value("content"_L1).toString(), u"Line one\nline “two”\n"_s);
    }

    void showsTheKeyOfTheEnvironmentToTheGateway()
    {
        m_upstream->enqueue(answer());
        m_fixture->setVariable(u"FREERELAY_API_KEY"_s, u"client-key-of-mine"_s);
        QCOMPARE(m_fixture->run({u"ask"_s, u"Hi"_s}).exitCode, int(app::exitOk));
        QCOMPARE(
            m_upstream->request(0).headers.value("authorization"), "Bearer client-key-of-mine"_ba);
    }

    void saysWhatWentWrong_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("no key") << 401 << int(app::exitRefused);
        QTest::newRow("another user") << 403 << int(app::exitRefused);
        QTest::newRow("unknown model") << 404 << int(app::exitFailure);
        QTest::newRow("quota") << 429 << int(app::exitFailure);
        QTest::newRow("no provider") << 503 << int(app::exitFailure);
    }

    void saysWhatWentWrong()
    {
        QFETCH(int, status);
        QFETCH(int, exitCode);
        m_upstream->enqueue(failure(status, u"This is the reason."_s));
        const CliResult result = m_fixture->run({u"ask"_s, u"Hi"_s});
        QCOMPARE(result.exitCode, exitCode);
        QVERIFY2(result.err.contains("This is the reason."), result.err.constData());
        QCOMPARE(result.out, QByteArray());
    }

    void tellsABrokenAnswerFromAWholeOne_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QByteArray>("said");
        QTest::newRow("ends without [DONE]") << 0 << "broke off"_ba;
        QTest::newRow("error event") << 1 << "The provider fell over."_ba;
        QTest::newRow("connection reset") << 2 << QByteArray();
        QTest::newRow("error without JSON") << 3 << "502"_ba;
    }

    void tellsABrokenAnswerFromAWholeOne()
    {
        QFETCH(int, kind);
        QFETCH(QByteArray, said);
        const std::vector<FakeReply> replies{
            FakeReply::sse({piece(u"Hel"_s)}),
            FakeReply::sse(
                {piece(u"Hel"_s), R"(data: {"error":{"message":"The provider fell over."}})"}),
            FakeReply::sse({piece(u"Hel"_s), piece(u"lo"_s)}).withFault(tests::FakeFault::Reset, 1),
            FakeReply::html("<h1>Bad gateway</h1>")};
        m_upstream->enqueue(replies.at(static_cast<std::size_t>(kind)));
        const CliResult result = m_fixture->run({u"ask"_s, u"Hi"_s});
        QCOMPARE(result.exitCode, int(app::exitFailure));
        QVERIFY2(result.err.contains(said), result.err.constData());
        QVERIFY(result.err.startsWith("freerelay: "));
    }

    void saysThatTheGatewayDoesNotListen_data()
    {
        QTest::addColumn<bool>("isKnown");
        QTest::newRow("and knows it") << true;
        QTest::newRow("and does not know it") << false;
    }

    void saysThatTheGatewayDoesNotListen()
    {
        QFETCH(bool, isKnown);
        m_upstream->stopListening();
        if (isKnown) {
            m_fixture->gateway.now.endpoint.clear();
            m_fixture->gateway.now.problem = u"Port 8000 is taken."_s;
        }
        const CliResult result = m_fixture->run({u"ask"_s, u"Hi"_s});
        QCOMPARE(result.exitCode, int(app::exitFailure));
        QVERIFY2(!isKnown || result.err.contains("Port 8000 is taken."), result.err.constData());
    }

    void cancelsWhenNobodyReadsTheAnswer()
    {
        m_upstream->enqueue(FakeReply::sse(QByteArrayList(2'000, piece(u"more"_s))).heldFrom(1));
        QProcess shell;
        shell.setProcessEnvironment(m_fixture->environment());
        shell.start(
            u"bash"_s,
            {u"-c"_s,
             u"\"$0\" ask hello | head -c 4 >&2; exit ${PIPESTATUS[0]}"_s,
             QStringLiteral(FREERELAY_PROGRAM)});
        QTRY_COMPARE(m_upstream->requestCount(), 1);
        QVERIFY(QTest::qWaitFor(
            [&] {
                m_upstream->release();
                return shell.state() == QProcess::NotRunning;
            },
            20'000));
        const CliResult result = CliFixture::finish(shell);
        QCOMPARE(result.exitCode, int(app::exitFailure));
        QCOMPARE(result.err, "more"_ba);
        QTRY_VERIFY(m_upstream->request(0).clientClosedEarly);
    }

    void keepsSoManyRequestsInFlight()
    {
        FakeReply held = whole();
        held.headHeld = true;
        m_upstream->setHandler([held](const tests::FakeRequest &) { return held; });
        const auto process = m_fixture->start(
            {u"benchmark"_s, u"--requests"_s, u"7"_s, u"--concurrent"_s, u"3"_s});
        QTRY_COMPARE(m_upstream->requestCount(), 3);
        for (int done = 0; done < 4; ++done) {
            m_upstream->release(done);
            QTRY_COMPARE(m_upstream->requestCount(), 4 + done);
        }
        QCOMPARE(unfinished(), 3);
        m_upstream->releaseAll();
        const CliResult result = CliFixture::finish(*process);
        QCOMPARE(result.exitCode, int(app::exitOk));
        QCOMPARE(m_upstream->requestCount(), 7);
        for (const char *part :
             {"7, 3 in flight", "answers/s", "p50", "p90", "p99", "(7 answers)"}) {
            QVERIFY2(result.out.contains(part), result.out.constData());
        }
        QVERIFY(!result.out.contains("First text"));
        QVERIFY(!result.out.contains("Error"));
        QVERIFY(result.err.contains("Measured"));
    }

    void measuresTheFirstTextOfStreams()
    {
        m_upstream->setHandler([](const tests::FakeRequest &) { return answer(); });
        const CliResult result = m_fixture->run(
            {u"benchmark"_s,
             u"--requests"_s,
             u"5"_s,
             u"--stream"_s,
             u"--model"_s,
             u"groq/small"_s});
        QCOMPARE(result.exitCode, int(app::exitOk));
        QVERIFY2(result.out.contains("First text"), result.out.constData());
        const QJsonObject body = QJsonDocument::fromJson(m_upstream->request(4).body).object();
        QVERIFY(body.value("stream"_L1).toBool());
        QCOMPARE(body.value("model"_L1).toString(), u"groq/small"_s);
    }

    void countsErrorsByStatus()
    {
        m_upstream->enqueue(whole().withFault(tests::FakeFault::Reset, FakeReply::beforeHead));
        m_upstream->enqueue(whole());
        m_upstream->enqueue(failure(429, u"Too fast."_s));
        m_upstream->enqueue(failure(503, u"All down."_s));
        m_upstream->enqueue(failure(429, u"Too fast."_s));
        const CliResult result = m_fixture->run(
            {u"benchmark"_s, u"--requests"_s, u"5"_s, u"--concurrent"_s, u"1"_s});
        QCOMPARE(result.exitCode, int(app::exitFailure));
        for (const char *part :
             {"2 × status 429: Too fast.",
              "1 × status 503: All down.",
              "1 × no answer",
              "(1 answers)"}) {
            QVERIFY2(result.out.contains(part), result.out.constData());
        }
    }

private:
    [[nodiscard]] int unfinished() const
    {
        const auto requests = m_upstream->requests();
        return static_cast<int>(
            std::count_if(requests.begin(), requests.end(), [](const auto &request) {
                return !request.finished;
            }));
    }

    std::unique_ptr<CliFixture> m_fixture;
    std::unique_ptr<FakeUpstream> m_upstream;
};

QTEST_GUILESS_MAIN(TestCliAsk)
#include "tst_cli_ask.moc"
