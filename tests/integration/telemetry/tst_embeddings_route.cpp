#include "tests/integration/telemetry/running_gateway.h"
#include "tests/integration/telemetry/upstream_thread.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMutex>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

QJsonObject parsed(const QByteArray &json)
{
    return QJsonDocument::fromJson(json).object();
}

FakeReply vectors(int count)
{
    QByteArray data;
    for (int i = 0; i < count; ++i) {
        data += (i > 0 ? ",{\"index\":" : "{\"index\":") + QByteArray::number(i)
            + ",\"embedding\":[0.5,-0.25]}";
    }
    return FakeReply::json(
        R"({"object":"list","data":[)" + data
        + R"(],"model":"text-embedding-3-small","usage":{"prompt_tokens":3,"total_tokens":3}})");
}

} // namespace

/// The built program, asked for embeddings and moderations. OpenAI has the models, Groq has none.
class TestEmbeddingsRoute final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_upstream->setHandler([this](const FakeRequest &request) {
            return request.method == "GET" ? listOfModels(request) : answer(request);
        });
        m_fixture.setVariable(u"OPENAI_API_KEY"_s, u"sk-of-the-test"_s);
        m_fixture.setVariable(u"OPENAI_BASE_URL"_s, QString::fromLatin1(m_upstream->url("/v1"_ba)));
        m_fixture.setVariable(u"GROQ_API_KEY"_s, u"gsk_of-the-test"_s);
        m_fixture.setVariable(u"GROQ_BASE_URL"_s, QString::fromLatin1(m_upstream->url("/groq"_ba)));
        m_fixture.setVariable(u"OPENROUTER_API_KEY"_s, u"sk-or-v1-of-the-test"_s);
        m_fixture.setVariable(
            u"OPENROUTER_BASE_URL"_s, QString::fromLatin1(m_upstream->url("/router"_ba)));
        QVERIFY(m_gateway.start());
    }

    void init()
    {
        const QMutexLocker lock(&m_mutex);
        m_refusal.reset();
        m_asked.clear();
    }

    void whoeverIsAskedNamesTheModel_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("by name") << R"("model":"text-embedding-3-small",)"_ba;
        QTest::newRow("by full id") << R"("model":"openai/text-embedding-3-small",)"_ba;
        QTest::newRow("any") << R"("model":"freerelay-auto",)"_ba;
        QTest::newRow("none") << ""_ba;
    }

    void whoeverIsAskedNamesTheModel()
    {
        QFETCH(QByteArray, model);
        const RawReply reply = m_gateway.post(
            "/v1/embeddings", '{' + model + R"("input":["a","b"]})");
        QCOMPARE(reply.status, 200);
        const QJsonObject list = parsed(reply.body);
        QCOMPARE(list[u"data"_s].toArray().size(), 2);
        QCOMPARE(list[u"data"_s][1][u"embedding"_s].toArray(), (QJsonArray{0.5, -0.25}));
        QCOMPARE(list[u"model"_s].toString(), u"text-embedding-3-small"_s);
        QCOMPARE(reply.headers.value("x-freerelay-model"), "openai/text-embedding-3-small"_ba);
        const QMutexLocker lock(&m_mutex);
        QCOMPARE(m_asked, QByteArrayList{"/v1/embeddings"_ba});
    }

    void encodesAsTheClientWants()
    {
        const RawReply reply = m_gateway.post(
            "/v1/embeddings", R"({"input":"a","encoding_format":"base64"})");
        QCOMPARE(parsed(reply.body)[u"data"_s][0][u"embedding"_s].toString(), u"AAAAPwAAgL4="_s);
    }

    void aModelThatRestsIsNotReplaced()
    {
        setRefusal(
            FakeReply::json(
                R"({"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}})"_ba,
                429)
                .withHeader("retry-after"_ba, "1"_ba));
        // Long patience would only make the test slow.
        const RawReply reply = m_gateway.post(
            "/v1/embeddings",
            R"({"input":"a","model":"text-embedding-3-large"})",
            "x-freerelay-deadline: 0.5\r\n");
        QCOMPARE(reply.status, 429);
        const QMutexLocker lock(&m_mutex);
        QCOMPARE(m_asked, QByteArrayList{"/v1/embeddings"_ba});
    }

    void otherModelsAreRefused_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::newRow("chat model")
            << "/v1/embeddings"_ba
            << R"({"input":"a","model":"groq/openai/gpt-oss-120b"})"_ba << 400;
        QTest::newRow("no such model") << "/v1/embeddings"_ba
                                       << R"({"input":"a","model":"no-such"})"_ba << 404;
        QTest::newRow("provider without") << "/v1/embeddings"_ba
                                          << R"({"input":"a","model":"freerelay-groq"})"_ba << 503;
        QTest::newRow("bad") << "/v1/embeddings"_ba
                             << "{}"_ba << 400;
        QTest::newRow("no chat")
            << "/v1/chat/completions"_ba
            << R"({"model":"text-embedding-3-small","messages":[{"role":"user","content":"a"}]})"_ba
            << 400;
    }

    void otherModelsAreRefused()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, body);
        const RawReply reply = m_gateway.post(path, body);
        QTEST(reply.status, "status");
        QVERIFY(!parsed(reply.body)[u"error"_s][u"message"_s].toString().isEmpty());
        const QMutexLocker lock(&m_mutex);
        QVERIFY(m_asked.isEmpty());
    }

    void moderates()
    {
        const RawReply reply = m_gateway.post("/v1/moderations", R"({"input":"a"})");
        QCOMPARE(reply.status, 200);
        QCOMPARE(parsed(reply.body)[u"results"_s][0][u"flagged"_s].toBool(), true);
        QCOMPARE(reply.headers.value("x-freerelay-model"), "openai/omni-moderation-latest"_ba);
    }

    void isListedAndRecorded()
    {
        const QByteArray models = m_gateway.get("/v1/models").body;
        QVERIFY(models.contains("\"openai/text-embedding-3-small\""));
        const QByteArray toChatWith = m_gateway.get("/opencode/models").body;
        QVERIFY(toChatWith.contains("freerelay-auto"));
        QVERIFY(!toChatWith.contains("text-embedding-3-small"));
        QCOMPARE(m_gateway.post("/v1/embeddings", R"({"input":"a"})").status, 200);
        const auto isRecorded = [this] {
            return m_fixture.run({u"requests"_s, u"--json"_s})
                .out.contains("openai/text-embedding-3-small");
        };
        QTRY_VERIFY(isRecorded());
    }

    void whoeverServesTheSameModelStandsIn() // the last: the other one rests from now on
    {
        setRefusal(FakeReply::json(R"({"error":{"message":"down"}})"_ba, 503));
        const RawReply reply = m_gateway.post("/v1/embeddings", R"({"input":"a"})");
        QCOMPARE(reply.status, 200);
        QCOMPARE(
            reply.headers.value("x-freerelay-model"),
            "openrouter/openai/text-embedding-3-small"_ba);
        const QMutexLocker lock(&m_mutex);
        QCOMPARE(m_asked, (QByteArrayList{"/v1/embeddings"_ba, "/router/embeddings"_ba}));
    }

private:
    static FakeReply listOfModels(const FakeRequest &request)
    {
        if (request.target.startsWith("/groq")) {
            return FakeReply::json(R"({"object":"list","data":[{"id":"openai/gpt-oss-120b"}]})");
        }
        if (request.target.startsWith("/router")) {
            return FakeReply::json(
                R"({"object":"list","data":[{"id":"openai/text-embedding-3-small"}]})");
        }
        return FakeReply::json(
            R"({"object":"list","data":[{"id":"gpt-4o-mini"},{"id":"text-embedding-3-small"},)"
            R"({"id":"text-embedding-3-large"},{"id":"omni-moderation-latest"}]})");
    }

    FakeReply answer(const FakeRequest &request)
    {
        const QMutexLocker lock(&m_mutex);
        m_asked.append(request.target);
        if (m_refusal && request.target.startsWith("/v1")) {
            return *m_refusal;
        }
        if (request.target.endsWith("/moderations")) {
            return FakeReply::json(
                R"({"id":"m","model":"omni-moderation-latest","results":[{"flagged":true}]})");
        }
        const int texts = int(parsed(request.body)[u"input"_s].toArray().size());
        return vectors(std::max(texts, 1));
    }

    void setRefusal(const FakeReply &reply)
    {
        const QMutexLocker lock(&m_mutex);
        m_refusal = reply;
    }

    QMutex m_mutex;
    std::optional<FakeReply> m_refusal;
    QByteArrayList m_asked; ///< addresses
    UpstreamThread m_upstream;
    CliFixture m_fixture;
    RunningGateway m_gateway{m_fixture};
};

QTEST_GUILESS_MAIN(TestEmbeddingsRoute)
#include "tst_embeddings_route.moc"
