#include "tests/integration/telemetry/scripted_gateway.h"

#include <QJsonArray>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

const QByteArray chat = R"("messages":[{"role":"user","content":"Hi"}])";

} // namespace

/// The built program, asked as clients of OpenAI's completions and of Ollama ask. The provider
/// speaks OpenAI.
class TestDialectRoutes final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_gateway.addProvider(u"OPENAI"_s);
        m_gateway.addProvider(u"MISTRAL"_s, "/mistral"_ba);
        QVERIFY(m_gateway.start());
    }

    void init() { m_gateway.answerAsUsual(); }

    void completes()
    {
        const RawReply reply = m_gateway->post("/v1/completions", R"({"prompt":"Hi"})");
        QCOMPARE(reply.status, 200);
        QCOMPARE(parsed(reply.body)[u"choices"_s][0][u"text"_s].toString(), u"Hello you"_s);
        const RawReply stream = m_gateway->post(
            "/v1/completions", R"({"prompt":"a","suffix":"b","stream":true})");
        QVERIFY(stream.body.contains("\"text\":\"Hello \""));
        QVERIFY(stream.body.endsWith("data: [DONE]\n\n"));
    }

    void fillsGapsWhereTheProviderHasAnAddressForIt()
    {
        for (const QByteArray path : {"/v1/completions", "/api/generate"}) {
            const RawReply reply = m_gateway->post(
                path, R"({"model":"codestral-latest","prompt":"a","suffix":"b","stream":false})");
            QCOMPARE(reply.status, 200);
            QVERIFY(reply.body.contains("Hello you"));
            QCOMPARE(m_gateway.lastAsked().target, "/mistral/fim/completions"_ba);
            QVERIFY(m_gateway.lastAsked().body.startsWith(
                R"({"model":"codestral-latest","prompt":"a","suffix":"b")"));
        }
    }

    void chatsInLines()
    {
        const RawReply reply = m_gateway->post(
            "/api/chat", R"({"model":"freerelay-auto:latest",)" + chat + '}');
        QCOMPARE(reply.status, 200);
        QCOMPARE(reply.headers.value("content-type"), "application/x-ndjson"_ba);
        const QByteArrayList lines = reply.body.trimmed().split('\n');
        QCOMPARE(lines.size(), 3);
        QCOMPARE(parsed(lines[0])[u"message"_s][u"content"_s].toString(), u"Hello "_s);
        QVERIFY(parsed(lines[2])[u"done"_s].toBool());
        QVERIFY(parsed(lines[2])[u"total_duration"_s].toDouble() > 0);
    }

    void generatesInOnePiece()
    {
        const RawReply reply = m_gateway->post(
            "/api/generate", R"({"model":"auto","prompt":"Hi","stream":false})");
        QCOMPARE(reply.status, 200);
        QCOMPARE(parsed(reply.body)[u"response"_s].toString(), u"Hello you"_s);
        QVERIFY(parsed(reply.body)[u"done"_s].toBool());
    }

    void aStreamThatBreaksOffSaysSo()
    {
        // With tools, so that nobody goes on with it.
        m_gateway.answerWith(
            ScriptedGateway::replies().answer(true, {"Hel", "lo"}).withFault(FakeFault::Cut, 2));
        const RawReply reply = m_gateway->post(
            "/api/chat",
            "{" + chat
                + R"(,"tools":[{"type":"function","function":{"name":"f","parameters":{}}}]})");
        const QByteArrayList lines = reply.body.trimmed().split('\n');
        QVERIFY(!parsed(lines.last())[u"error"_s].toString().isEmpty());
        QVERIFY(!reply.body.contains("\"done\":true"));
    }

    void errorsAreOneSentence()
    {
        const RawReply reply = m_gateway->post("/api/chat", R"({"model":"no-such",)" + chat + '}');
        QCOMPARE(reply.status, 404);
        QVERIFY(parsed(reply.body)[u"error"_s].toString().contains("no-such"_L1));
        QCOMPARE(m_gateway->post("/api/chat", R"({"messages":"x"})").status, 400);
    }

    void loadsWithoutAskingAnybody()
    {
        const RawReply reply = m_gateway->post("/api/generate", R"({"model":"m"})");
        QCOMPARE(reply.status, 200);
        QCOMPARE(parsed(reply.body)[u"done_reason"_s].toString(), u"load"_s);
    }

    void embeds()
    {
        m_gateway.answerWith(FakeReply::json(
            R"({"data":[{"index":0,"embedding":[0.5]}],"model":"text-embedding-3-small"})"));
        const RawReply batch = m_gateway->post(
            "/api/embed", R"({"model":"text-embedding-3-small","input":"a"})");
        QCOMPARE(batch.status, 200);
        QCOMPARE(parsed(batch.body)[u"embeddings"_s][0].toArray(), QJsonArray{0.5});
        const RawReply single = m_gateway->post(
            "/api/embeddings", R"({"model":"text-embedding-3-small","prompt":"a"})");
        QCOMPARE(parsed(single.body)[u"embedding"_s].toArray(), QJsonArray{0.5});
    }

    void tellsItsModels()
    {
        const QJsonArray models = parsed(m_gateway->get("/api/tags").body)[u"models"_s].toArray();
        QCOMPARE(models[0][u"name"_s].toString(), u"freerelay-auto"_s);
        QCOMPARE(models[0][u"digest"_s].toString().size(), 64);
        const QJsonObject shown = parsed(
            m_gateway->post("/api/show", R"({"model":"openai/text-embedding-3-small"})").body);
        QCOMPARE(shown[u"capabilities"_s].toArray(), QJsonArray{u"embedding"_s});
        QCOMPARE(shown[u"model_info"_s][u"freerelay.context_length"_s].toInt(), 8'191);
        QCOMPARE(m_gateway->post("/api/show", R"({"model":"no-such"})").status, 404);
        QVERIFY(!parsed(m_gateway->get("/api/version").body)[u"version"_s].toString().isEmpty());
        QCOMPARE(m_gateway->get("/api/ps").body, R"({"models":[]})"_ba);
    }

private:
    ScriptedGateway m_gateway;
};

QTEST_GUILESS_MAIN(TestDialectRoutes)
#include "tst_dialect_routes.moc"
