#include "tests/integration/telemetry/scripted_gateway.h"

#include <QJsonArray>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

QByteArray body(const QByteArray &more = {})
{
    return R"({"model":"groq/openai/gpt-oss-120b","max_tokens":100,"system":"Be brief.",)"
           R"("messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}])"
        + more + '}';
}

} // namespace

/// The built program, asked as Anthropic's clients ask. The provider speaks OpenAI chat.
class TestMessagesRoute final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_gateway.addProvider(u"GROQ"_s);
        QVERIFY(m_gateway.start());
    }

    void init() { m_gateway.answerAsUsual(); }

    void answers()
    {
        const RawReply reply = post(
            "/v1/messages?beta=true", body(R"(,"betas":[],"mcp_servers":[])"));
        QCOMPARE(reply.status, 200);
        const QJsonObject message = parsed(reply.body);
        QCOMPARE(message[u"type"_s].toString(), u"message"_s);
        QCOMPARE(message[u"content"_s][0][u"text"_s].toString(), u"Hello you"_s);
        QCOMPARE(message[u"stop_reason"_s].toString(), u"end_turn"_s);
        QCOMPARE(reply.headers.value("x-freerelay-ignored"), "mcp_servers"_ba);
        QCOMPARE(reply.headers.value("request-id"), reply.headers.value("x-freerelay-request-id"));
        QVERIFY(m_gateway.lastAsked().body.contains(R"({"role":"system","content":"Be brief."})"));
    }

    void streams()
    {
        const RawReply reply = post("/v1/messages", body(R"(,"stream":true)"));
        QCOMPARE(reply.status, 200);
        QVERIFY(reply.body.startsWith("event: message_start\n"));
        QVERIFY(reply.body.contains(R"("text":"Hello ")"_ba));
        QVERIFY(reply.body.endsWith("data: {\"type\":\"message_stop\"}\n\n"));
        QVERIFY(!reply.body.contains("[DONE]"));
    }

    void aStreamThatBreaksOffSaysSo()
    {
        // With tools, so that nobody goes on with it.
        m_gateway.answerWith(
            ScriptedGateway::replies().answer(true, {"Hel", "lo"}).withFault(FakeFault::Cut, 2));
        const RawReply reply = post(
            "/v1/messages", body(R"(,"stream":true,"tools":[{"name":"f","input_schema":{}}])"));
        QVERIFY(reply.body.contains("event: error\n"));
        QVERIFY(!reply.body.contains("message_stop"));
    }

    void errorsAreAnthropics_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("type");
        QTest::newRow("no JSON") << "{"_ba << 400 << u"invalid_request_error"_s;
        QTest::newRow("no messages") << "{}"_ba << 400 << u"invalid_request_error"_s;
        QTest::newRow("no such model")
            << R"({"model":"no-such","messages":[{"role":"user","content":"Hi"}]})"_ba << 404
            << u"not_found_error"_s;
    }

    void errorsAreAnthropics()
    {
        QFETCH(QByteArray, request);
        QFETCH(int, status);
        QFETCH(QString, type);
        const RawReply reply = post("/v1/messages", request);
        QCOMPARE(reply.status, status);
        QCOMPARE(parsed(reply.body)[u"type"_s].toString(), u"error"_s);
        QCOMPARE(parsed(reply.body)[u"error"_s][u"type"_s].toString(), type);
        QVERIFY(!parsed(reply.body)[u"error"_s][u"message"_s].toString().isEmpty());
    }

    void errorsOfTheProviderAreTold()
    {
        m_gateway.answerWith(ScriptedGateway::replies().error(400, "not like that"));
        const RawReply reply = post("/v1/messages", body());
        QCOMPARE(reply.status, 400);
        QVERIFY(
            parsed(reply.body)[u"error"_s][u"message"_s].toString().contains("not like that"_L1));
    }

    void countsTokens()
    {
        const RawReply reply = post("/v1/messages/count_tokens", body());
        QCOMPARE(reply.status, 200);
        QVERIFY(parsed(reply.body)[u"input_tokens"_s].toInt() > 0);
        QCOMPARE(reply.headers.value("x-freerelay-estimate"), "true"_ba);
        QCOMPARE(post("/v1/messages/count_tokens", "{}").status, 400);
    }

    void listsModelsInBothShapes()
    {
        const QJsonObject theirs = parsed(
            m_gateway->get("/v1/models", "anthropic-version: 2023-06-01\r\n").body);
        const QJsonObject ours = parsed(m_gateway->get("/v1/models").body);
        const QJsonArray list = theirs[u"data"_s].toArray();
        QCOMPARE(list.size(), ours[u"data"_s].toArray().size());
        QCOMPARE(list[0][u"type"_s].toString(), u"model"_s);
        QCOMPARE(theirs[u"first_id"_s], list[0][u"id"_s]);
        QVERIFY(theirs[u"has_more"_s].isBool());
    }

    void somebodyIsThere() { QCOMPARE(m_gateway->get("/").status, 200); }

private:
    RawReply post(const QByteArray &path, const QByteArray &json)
    {
        RawClient client(m_gateway->port());
        client.send(
            "POST " + path
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
              "x-api-key: local\r\nanthropic-version: 2023-06-01\r\nContent-Length: "
            + QByteArray::number(json.size()) + "\r\n\r\n" + json);
        return client.read();
    }

    ScriptedGateway m_gateway;
};

QTEST_GUILESS_MAIN(TestMessagesRoute)
#include "tst_messages_route.moc"
