#include "tests/integration/relay/provider_replies.h"
#include "tests/integration/telemetry/running_gateway.h"
#include "tests/integration/telemetry/upstream_thread.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMutex>
#include <QTest>

#include <deque>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

constexpr auto path = "/v1/chat/completions";
const QByteArray streamed
    = R"({"model":"groq/openai/gpt-oss-120b","messages":[{"role":"user","content":"Hi"}],"stream":true})";
const QByteArray whole
    = R"({"model":"groq/openai/gpt-oss-120b","messages":[{"role":"user","content":"Hi"}]})";
const QByteArray resumable = "X-FreeRelay-Resumable: true\r\n";

const ProviderReplies &replies()
{
    static const ProviderReplies openAi(catalog::Wire::OpenAiChat);
    return openAi;
}

/// A stream of `count` words whose last but one is held until the test releases it.
FakeReply heldStream(int count)
{
    QByteArrayList words;
    for (int i = 0; i < count; ++i) {
        words.append("word-" + QByteArray::number(i) + ' ');
    }
    FakeReply reply = replies().answer(true, words);
    reply.chunks.at(reply.chunks.size() - 3).held = true;
    return reply;
}

QByteArray request(const QByteArray &body, const QByteArray &head)
{
    return "POST "_ba + path
        + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
        + QByteArray::number(body.size()) + "\r\n" + head + "\r\n" + body;
}

QByteArray headerIn(const QByteArray &raw, const QByteArray &name)
{
    for (const QByteArray &line : raw.split('\n')) {
        if (line.toLower().startsWith(QByteArray(name + ':'))) {
            return line.sliced(name.size() + 1).trimmed();
        }
    }
    return {};
}

/// The scripted provider's answers to chat requests; its list of models is asked for as well.
class Script
{
public:
    void add(FakeReply reply)
    {
        const QMutexLocker lock(&m_mutex);
        m_replies.push_back(std::move(reply));
    }
    [[nodiscard]] int asked() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_asked;
    }
    FakeReply answer(const FakeRequest &request)
    {
        if (request.method == "GET") {
            return FakeReply::json("{}"_ba, 500);
        }
        const QMutexLocker lock(&m_mutex);
        ++m_asked;
        if (m_replies.empty()) {
            return replies().answer(request.body.contains("\"stream\":true"), {"Hello ", "you"});
        }
        FakeReply reply = std::move(m_replies.front());
        m_replies.pop_front();
        return reply;
    }

private:
    mutable QMutex m_mutex;
    std::deque<FakeReply> m_replies;
    int m_asked = 0;
};

} // namespace

/// Replies that are read again: streams after a lost connection, and idempotency keys.
class TestStreamResume final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_script = std::make_unique<Script>();
        m_upstream = std::make_unique<UpstreamThread>();
        (*m_upstream)->setHandler([script = m_script.get()](const FakeRequest &request) {
            return script->answer(request);
        });
        m_fixture = std::make_unique<CliFixture>();
        m_fixture->setVariable(u"GROQ_API_KEY"_s, u"gsk_of-the-test"_s);
        m_fixture->setVariable(
            u"GROQ_BASE_URL"_s, QString::fromLatin1((*m_upstream)->url("/v1"_ba)));
        m_gateway = std::make_unique<RunningGateway>(*m_fixture);
        QVERIFY(m_gateway->start());
    }

    void cleanup()
    {
        m_gateway.reset();
        m_fixture.reset();
        m_upstream.reset();
        m_script.reset();
    }

    void goesOnWhereTheClientLeft()
    {
        m_script->add(heldStream(12));
        QByteArray id;
        {
            RawClient client(m_gateway->port());
            client.send(request(streamed, resumable));
            QVERIFY(QTest::qWaitFor([&] {
                return !client.waitForBytes(client.rest().size() + 1)
                    || client.rest().contains("word-5");
            }));
            id = headerIn(client.rest(), "x-freerelay-request-id");
            QCOMPARE(headerIn(client.rest(), "x-freerelay-resume"), "/v1/streams/" + id);
            QVERIFY(client.rest().contains("id: 3\ndata: "));
            client.close();
        }
        (*m_upstream)->releaseAll();
        const RawReply all = m_gateway->get("/v1/streams/" + id);
        QCOMPARE(all.status, 200);
        QVERIFY(all.body.startsWith("id: 1\ndata: "));
        QVERIFY(all.body.contains("word-11"));
        QVERIFY(all.body.endsWith("data: [DONE]\n\n"));
        const RawReply rest = m_gateway->get("/v1/streams/" + id, "Last-Event-ID: 5\r\n");
        QCOMPARE(rest.status, 200);
        QVERIFY(rest.body.startsWith("id: 6\n"));
        QVERIFY(all.body.endsWith(rest.body));
        QCOMPARE(m_script->asked(), 1);
    }

    void severalReadAStreamAsItIsMade()
    {
        m_script->add(heldStream(8));
        RawClient first(m_gateway->port());
        first.send(request(streamed, resumable));
        QVERIFY(QTest::qWaitFor([&] {
            return !first.waitForBytes(first.rest().size() + 1) || first.rest().contains("word-2");
        }));
        const QByteArray id = headerIn(first.rest(), "x-freerelay-request-id");
        RawClient second(m_gateway->port());
        second.send(
            "GET /v1/streams/" + id + " HTTP/1.1\r\nHost: 127.0.0.1\r\nLast-Event-ID: 2\r\n\r\n");
        QVERIFY(QTest::qWaitFor([&] {
            return !second.waitForBytes(second.rest().size() + 1)
                || second.rest().contains("id: 3");
        }));
        (*m_upstream)->releaseAll();
        const RawReply whole = first.read();
        const RawReply rest = second.read();
        QVERIFY(whole.body.endsWith("data: [DONE]\n\n"));
        QVERIFY(whole.body.endsWith(rest.body));
        QVERIFY(rest.body.size() < whole.body.size());
    }

    void refusesWhatItDoesNotHave()
    {
        QCOMPARE(m_gateway->get("/v1/streams/req_none"_ba).status, 404);
        m_script->add(replies().answer(true, {"Hello"}));
        const RawReply once = m_gateway->post(path, streamed);
        QVERIFY(!once.body.contains("id: 1"));
        QCOMPARE(
            m_gateway->get("/v1/streams/" + once.headers.value("x-freerelay-request-id")).status,
            404);
        m_script->add(replies().answer(true, {"Hello"}));
        const RawReply kept = m_gateway->post(path, streamed, resumable);
        const QByteArray stream = "/v1/streams/" + kept.headers.value("x-freerelay-request-id");
        for (const QByteArray &bad : {"none"_ba, "-1"_ba, "1000"_ba}) {
            QCOMPARE(m_gateway->get(stream, "Last-Event-ID: " + bad + "\r\n").status, 400);
        }
        QCOMPARE(m_gateway->get(stream, "Origin: http://evil.example\r\n"_ba).status, 403);
    }

    /// As stored Responses are: ids are no secrets.
    void isGivenToWhoAskedForItOnly_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("chat") << QByteArray(path) << streamed;
        QTest::newRow("a Response")
            << "/v1/responses"_ba
            << R"({"model":"groq/openai/gpt-oss-120b","stream":true,"input":"Hi"})"_ba;
    }

    void isGivenToWhoAskedForItOnly()
    {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, body);
        const QByteArrayList keys{keyOf(u"One"_s), keyOf(u"Other"_s), {}, "x-api-key: any\r\n"};
        for (const QByteArray &owner : keys) {
            const RawReply reply = m_gateway->post(target, body, owner + resumable);
            QCOMPARE(reply.status, 200);
            const QByteArray id = reply.headers.value("x-freerelay-request-id");
            for (const QByteArray &other : keys) {
                const bool isSame = owner == other || (isNobodys(owner) && isNobodys(other));
                QCOMPARE(m_gateway->get("/v1/streams/" + id, other).status, isSame ? 200 : 404);
            }
        }
    }

    void answersAnIdempotencyKeyOnce_data()
    {
        QTest::addColumn<bool>("stream");
        QTest::newRow("whole") << false;
        QTest::newRow("streamed") << true;
    }

    void answersAnIdempotencyKeyOnce()
    {
        QFETCH(bool, stream);
        const QByteArray body = stream ? streamed : whole;
        const QByteArray key = "Idempotency-Key: once\r\n";
        const RawReply first = m_gateway->post(path, body, key);
        const RawReply again = m_gateway->post(path, body, key);
        QCOMPARE(first.status, 200);
        QCOMPARE(again.status, 200);
        QCOMPARE(again.body, first.body);
        QVERIFY(!first.headers.contains("x-freerelay-idempotent-replay"));
        QCOMPARE(again.headers.value("x-freerelay-idempotent-replay"), "true"_ba);
        QCOMPARE(m_script->asked(), 1);
        QCOMPARE(m_gateway->post(path, stream ? whole : streamed, key).status, 422);
        QCOMPARE(m_gateway->post(path + "?other=1"_ba, body, key).status, 422);
        // Another client's key is another key.
        QCOMPARE(m_gateway->post(path, body, key + "x-api-key: other\r\n").status, 200);
        QCOMPARE(m_script->asked(), 2);
        QCOMPARE(m_gateway->post(path, body, key + "x-goog-api-key: other\r\n").status, 200);
        QCOMPARE(m_script->asked(), 3);
        const QByteArray longKey(300, 'k');
        QCOMPARE(m_gateway->post(path, body, "Idempotency-Key: " + longKey + "\r\n").status, 400);
    }

    void soDoesItInEveryDialect_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("body");
        const QByteArray model = "\"model\":\"groq/openai/gpt-oss-120b\"";
        const QByteArray chat = R"("messages":[{"role":"user","content":"Hi"}])";
        const QByteArray google = "/v1beta/models/groq/openai/gpt-oss-120b:streamGenerateContent";
        const QByteArray contents = R"({"contents":[{"parts":[{"text":"Hi"}]}]})";
        QTest::newRow("Anthropic")
            << "/v1/messages"_ba
            << "{" + model + R"(,"max_tokens":9,"stream":true,)" + chat + "}";
        QTest::newRow("Responses") << "/v1/responses"_ba
                                   << "{" + model + R"(,"store":false,"stream":true,"input":"Hi"})";
        QTest::newRow("Google") << google + "?alt=sse" << contents;
        QTest::newRow("Google's array") << google << contents;
        QTest::newRow("Ollama") << "/api/chat"_ba
                                << "{" + model + ',' + chat + "}";
    }

    void soDoesItInEveryDialect()
    {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, body);
        const QByteArray key = "Idempotency-Key: once\r\n";
        const RawReply first = m_gateway->post(target, body, key);
        QCOMPARE(first.status, 200);
        QVERIFY(first.body.contains("Hello "));
        const RawReply again = m_gateway->post(target, body, key);
        QCOMPARE(again.body, first.body);
        QCOMPARE(again.headers.value("content-type"), first.headers.value("content-type"));
        QCOMPARE(again.headers.value("x-freerelay-idempotent-replay"), "true"_ba);
        QCOMPARE(m_script->asked(), 1);
    }

    void aReplayHasARecordOfItsOwnInWhichNothingIsCountedTwice()
    {
        const QByteArray key = "Idempotency-Key: once\r\n";
        QCOMPARE(m_gateway->post(path, whole, key).status, 200);
        QTRY_COMPARE(records().size(), 1);
        const qint64 tokens = records().at(0).toObject().value("prompt_tokens"_L1).toInteger();
        QVERIFY(tokens > 0);
        QCOMPARE(m_gateway->post(path, whole, key + "User-Agent: agent/1.0\r\n").status, 200);
        QCOMPARE(m_gateway->post(path, streamed, key).status, 422);
        QTRY_COMPARE(records().size(), 3); // newest first
        QCOMPARE(records().at(0).toObject().value("status"_L1).toInt(), 422);
        const QJsonObject replay = records().at(1).toObject();
        QCOMPARE(replay.value("status"_L1).toInt(), 200);
        QCOMPARE(replay.value("app"_L1).toString(), u"agent"_s);
        QVERIFY(replay.value("provider"_L1).isNull());
        QVERIFY(replay.value("prompt_tokens"_L1).isNull());
        QCOMPARE(replay.value("attempts"_L1).toInt(), 0);
        const CliResult shown = m_fixture->run({u"requests"_s, replay.value("id"_L1).toString()});
        QVERIFY2(
            shown.out.contains("the answer that its Idempotency-Key got before"),
            shown.all().constData());
        QFile token(m_fixture->paths.adminTokenFile);
        QVERIFY(token.open(QIODevice::ReadOnly));
        const QByteArray asAdmin = "Authorization: Bearer " + token.readAll().trimmed() + "\r\n";
        const QJsonObject stats = QJsonDocument::fromJson(
                                      m_gateway->get("/v1/stats"_ba, asAdmin).body)
                                      .object()
                                      .value("totals"_L1)
                                      .toObject();
        QCOMPARE(stats.value("requests"_L1).toInt(), 3);
        QCOMPARE(stats.value("prompt_tokens"_L1).toInteger(), tokens);
    }

    void aDuplicateThatLeavesIsRecordedToo()
    {
        FakeReply held = replies().answer(false, {"Hello"});
        held.headHeld = true;
        m_script->add(held);
        RawClient first(m_gateway->port());
        const QByteArray asked = request(whole, "Idempotency-Key: left\r\n");
        first.send(asked);
        QTRY_COMPARE(m_script->asked(), 1);
        {
            RawClient second(m_gateway->port());
            second.send(asked);
            QVERIFY(!second.socket().waitForReadyRead(50));
            second.close();
        }
        QTRY_COMPARE(records().size(), 1);
        QCOMPARE(records().at(0).toObject().value("status"_L1).toInt(), 499);
        (*m_upstream)->releaseAll();
        QCOMPARE(first.read().status, 200);
    }

    void letsADuplicateWaitForTheFirst()
    {
        FakeReply held = replies().answer(false, {"Hello"});
        held.headHeld = true;
        m_script->add(held);
        RawClient first(m_gateway->port());
        RawClient second(m_gateway->port());
        const QByteArray asked = request(whole, "Idempotency-Key: twice\r\n");
        first.send(asked);
        QTRY_COMPARE(m_script->asked(), 1);
        second.send(asked);
        QVERIFY(!second.socket().waitForReadyRead(50));
        (*m_upstream)->releaseAll();
        QCOMPARE(first.read().status, 200);
        QCOMPARE(second.read().status, 200);
        QCOMPARE(m_script->asked(), 1);
    }

    void letsAFailedRequestBeMadeAgain()
    {
        const QByteArray key = "Idempotency-Key: again\r\n";
        m_script->add(replies().error(400, "no"));
        m_script->add(replies().answer(false, {"Hello"}));
        QCOMPARE(m_gateway->post(path, whole, key).status, 400);
        QCOMPARE(m_gateway->post(path, whole, key).status, 200);
    }

private:
    /// The header with the key of a new app.
    QByteArray keyOf(const QString &name)
    {
        const CliResult added = m_fixture->run({u"apps"_s, u"add"_s, name});
        return "Authorization: Bearer " + added.out.trimmed() + "\r\n";
    }
    static bool isNobodys(const QByteArray &head) { return !head.contains("fr-app-"); }
    /// As the command line lists them.
    QJsonArray records()
    {
        return QJsonDocument::fromJson(m_fixture->run({u"requests"_s, u"--json"_s}).out).array();
    }

    std::unique_ptr<Script> m_script;
    std::unique_ptr<UpstreamThread> m_upstream;
    std::unique_ptr<CliFixture> m_fixture;
    std::unique_ptr<RunningGateway> m_gateway;
};

QTEST_GUILESS_MAIN(TestStreamResume)
#include "tst_stream_resume.moc"
