#include "tests/integration/telemetry/scripted_gateway.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

const QByteArray hello = R"({"contents":[{"parts":[{"text":"Hello there"}]}]})"_ba;

} // namespace

/// The built program, asked as Google's clients ask. The provider speaks OpenAI chat. The gateway
/// asks for a key of its own.
class TestGenerateContentRoute final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_gateway.addProvider(u"GROQ"_s);
        m_gateway.fixture().setVariable(u"FREERELAY_API_KEY"_s, u"gateway+key/1"_s);
        QVERIFY(m_gateway.start());
    }

    void init() { m_gateway.answerAsUsual(); }

    void answers()
    {
        const RawReply reply = post(
            "generateContent",
            R"({"contents":[{"parts":[{"text":"Hi"}]}],"safetySettings":[],"generationConfig":{"topK":3}})"_ba);
        QCOMPARE(reply.status, 200);
        const QJsonValue candidate = parsed(reply.body)[u"candidates"_s][0];
        QCOMPARE(candidate[u"content"_s][u"parts"_s][0][u"text"_s].toString(), u"Hello you"_s);
        QCOMPARE(candidate[u"finishReason"_s].toString(), u"STOP"_s);
        // By Google's names what nobody can be told, by OpenAI's what this provider cannot.
        QCOMPARE(reply.headers.value("x-freerelay-ignored"), "safetySettings, top_k"_ba);
    }

    void streamsEvents()
    {
        const RawReply reply = post("streamGenerateContent?alt=sse", hello);
        QCOMPARE(reply.status, 200);
        QVERIFY(reply.headers.value("content-type").startsWith("text/event-stream"));
        QVERIFY(reply.body.startsWith("data: {\"candidates\":["));
        QVERIFY(reply.body.contains(R"("text":"Hello ")"_ba));
        QVERIFY(!reply.body.contains("[DONE]"));
    }

    void streamsAnArray()
    {
        const RawReply reply = post("streamGenerateContent", hello);
        QCOMPARE(reply.status, 200);
        QCOMPARE(reply.headers.value("content-type"), "application/json"_ba);
        const QJsonArray array = QJsonDocument::fromJson(reply.body).array();
        QVERIFY(array.size() >= 3);
        QCOMPARE(array.last()[u"candidates"_s][0][u"finishReason"_s].toString(), u"STOP"_s);
    }

    void aStreamThatBreaksOffSaysSo_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::newRow("events") << "streamGenerateContent?alt=sse"_ba;
        QTest::newRow("array") << "streamGenerateContent"_ba;
    }

    void aStreamThatBreaksOffSaysSo()
    {
        QFETCH(QByteArray, method);
        // With tools, so that nobody goes on with it.
        m_gateway.answerWith(
            ScriptedGateway::replies().answer(true, {"Hel", "lo"}).withFault(FakeFault::Cut, 2));
        const RawReply reply = post(
            method,
            R"({"contents":[{"parts":[{"text":"Hi"}]}],"tools":[{"functionDeclarations":[{"name":"f"}]}]})"_ba);
        QVERIFY(reply.body.contains(R"({"error":{"code":503)"_ba));
        QVERIFY(!reply.body.contains("finishReason"));
        if (reply.body.startsWith('[')) {
            const QJsonArray array = QJsonDocument::fromJson(reply.body).array();
            QVERIFY(array.last()[u"error"_s].isObject());
        }
    }

    void takesItsKeyWhereGooglesClientsPutIt()
    {
        const QByteArray path = "/v1beta/models/x:generateContent";
        QCOMPARE(postRaw(path, "{}"_ba, {}).status, 401);
        QCOMPARE(postRaw(path, "{}"_ba, "x-goog-api-key: wrong\r\n").status, 401);
        QCOMPARE(postRaw(path, "{}"_ba, "x-goog-api-key: gateway+key/1\r\n").status, 400);
        QCOMPARE(postRaw(path + "?key=gateway%2Bkey%2F1", "{}"_ba, {}).status, 400);
        // Only there.
        QCOMPARE(postRaw("/v1/chat/completions?key=gateway%2Bkey%2F1", "{}"_ba, {}).status, 401);
        QCOMPARE(
            parsed(postRaw(path, "{}"_ba, {}).body)[u"error"_s][u"status"_s].toString(),
            u"UNAUTHENTICATED"_s);
    }

    void errorsAreGoogles_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("word");
        const QByteArray model = modelPath();
        QTest::newRow("no JSON") << model + ":generateContent"
                                 << "{"_ba << 400 << u"INVALID_ARGUMENT"_s;
        QTest::newRow("no contents") << model + ":generateContent"
                                     << "{}"_ba << 400 << u"INVALID_ARGUMENT"_s;
        QTest::newRow("no such model")
            << "/v1beta/models/no-such:generateContent"_ba << hello << 404 << u"NOT_FOUND"_s;
        QTest::newRow("no such method")
            << model + ":embedContent" << hello << 404 << u"NOT_FOUND"_s;
    }

    void errorsAreGoogles()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, request);
        QFETCH(int, status);
        QFETCH(QString, word);
        const RawReply reply = postRaw(path, request, ownKey());
        QCOMPARE(reply.status, status);
        const QJsonValue error = parsed(reply.body)[u"error"_s];
        QCOMPARE(error[u"code"_s].toInt(), status);
        QCOMPARE(error[u"status"_s].toString(), word);
        QVERIFY(!error[u"message"_s].toString().isEmpty());
    }

    void soAreThoseOfTheAddress_data()
    {
        QTest::addColumn<QByteArray>("head");
        QTest::addColumn<int>("status");
        const QByteArray posted = "POST /v1beta/models/m:generateContent HTTP/1.1\r\n";
        const QByteArray json = "Content-Type: application/json\r\n";
        const QByteArray host = "Host: 127.0.0.1\r\n";
        QTest::newRow("body too large")
            << posted + host + json + "Content-Length: 99999999999\r\n\r\n"
            << 413;
        QTest::newRow("foreign host")
            << posted + "Host: evil.example\r\n" + json + "Content-Length: 0\r\n\r\n"
            << 421;
        QTest::newRow("no JSON") << posted + host + ownKey()
                + "Content-Type: text/plain\r\nContent-Length: 0\r\n\r\n"
                                 << 415;
        QTest::newRow("method") << "PUT /v1beta/models/m HTTP/1.1\r\n" + host + ownKey() + "\r\n"
                                << 405;
        QTest::newRow("no such address") << "GET /v1beta/files HTTP/1.1\r\n" + host + ownKey()
                + "\r\n" << 404;
    }

    void soAreThoseOfTheAddress()
    {
        QFETCH(QByteArray, head);
        QFETCH(int, status);
        RawClient client(m_gateway->port());
        const RawReply reply = client.ask(head);
        QCOMPARE(reply.status, status);
        QCOMPARE(parsed(reply.body)[u"error"_s][u"code"_s].toInt(), status);
    }

    void countsTokens()
    {
        const RawReply reply = post("countTokens", hello);
        QCOMPARE(reply.status, 200);
        QVERIFY(parsed(reply.body)[u"totalTokens"_s].toInt() > 0);
        QCOMPARE(reply.headers.value("x-freerelay-estimate"), "true"_ba);
    }

    void listsModels()
    {
        const QJsonArray models
            = parsed(m_gateway->get("/v1beta/models", ownKey()).body)[u"models"_s].toArray();
        QVERIFY(!models.isEmpty());
        const QByteArray name = models.last()[u"name"_s].toString().toUtf8();
        QVERIFY(name.startsWith("models/"));
        const RawReply one = m_gateway->get("/v1beta/" + name, ownKey());
        QCOMPARE(one.status, 200);
        QCOMPARE(parsed(one.body)[u"name"_s].toString().toUtf8(), name);
        QCOMPARE(m_gateway->get("/v1beta/models/no-such", ownKey()).status, 404);
    }

private:
    static QByteArray modelPath() { return "/v1beta/models/groq/openai/gpt-oss-120b"_ba; }
    static QByteArray ownKey() { return "x-goog-api-key: gateway+key/1\r\n"_ba; }

    RawReply post(const QByteArray &method, const QByteArray &json)
    {
        return postRaw(modelPath() + ':' + method, json, ownKey());
    }

    RawReply postRaw(const QByteArray &path, const QByteArray &json, const QByteArray &headers)
    {
        RawClient client(m_gateway->port());
        client.send(
            "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            + headers + "Content-Length: " + QByteArray::number(json.size()) + "\r\n\r\n" + json);
        return client.read();
    }

    ScriptedGateway m_gateway;
};

QTEST_GUILESS_MAIN(TestGenerateContentRoute)
#include "tst_generate_content_route.moc"
