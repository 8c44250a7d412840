#include "tests/integration/relay/provider_replies.h"
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

QByteArray body(const QByteArray &more = {})
{
    return R"({"model":"groq/openai/gpt-oss-120b","instructions":"Be brief.","input":"Hi")" + more
        + '}';
}

} // namespace

/// The built program, asked as clients of the Responses API ask. The provider speaks OpenAI chat.
class TestResponsesRoute final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_upstream->setHandler([this](const FakeRequest &request) {
            return request.method == "GET" ? FakeReply::json("{}"_ba, 500) : answer(request);
        });
        m_fixture.setVariable(u"GROQ_API_KEY"_s, u"gsk_of-the-test"_s);
        m_fixture.setVariable(u"GROQ_BASE_URL"_s, QString::fromLatin1(m_upstream->url("/v1"_ba)));
        QVERIFY(m_gateway.start());
    }

    void init()
    {
        const QMutexLocker lock(&m_mutex);
        m_reply.reset();
    }

    void answers()
    {
        const RawReply reply = post("/v1/responses", body(R"(,"tools":[{"type":"web_search"}])"));
        QCOMPARE(reply.status, 200);
        const QJsonObject response = parsed(reply.body);
        QCOMPARE(response[u"object"_s].toString(), u"response"_s);
        QCOMPARE(response[u"status"_s].toString(), u"completed"_s);
        QCOMPARE(response[u"instructions"_s].toString(), u"Be brief."_s);
        QCOMPARE(response[u"output"_s][0][u"content"_s][0][u"text"_s].toString(), u"Hello you"_s);
        QCOMPARE(
            response[u"id"_s].toString().section(u'_', 1),
            QString::fromLatin1(reply.headers.value("x-freerelay-request-id")).section(u'_', 1));
        QCOMPARE(reply.headers.value("x-freerelay-ignored"), "tools[0] web_search"_ba);
        const QMutexLocker lock(&m_mutex);
        QVERIFY(m_lastBody.contains(R"({"role":"system","content":"Be brief."})"));
    }

    void streams()
    {
        const RawReply reply = post("/v1/responses", body(R"(,"stream":true)"));
        QCOMPARE(reply.status, 200);
        QVERIFY(reply.headers.value("content-type").startsWith("text/event-stream"));
        QVERIFY(reply.body.startsWith("event: response.created\n"));
        QVERIFY(reply.body.contains(R"("delta":"Hello ")"_ba));
        QVERIFY(reply.body.contains("event: response.completed\n"));
        QVERIFY(!reply.body.contains("[DONE]"));
    }

    void aStreamThatBreaksOffSaysSo()
    {
        // With tools, so that nobody goes on with it.
        answerOnce(replies().answer(true, {"Hel", "lo"}).withFault(FakeFault::Cut, 2));
        const RawReply reply = post(
            "/v1/responses", body(R"(,"stream":true,"tools":[{"type":"function","name":"f"}])"));
        QVERIFY(reply.body.contains("event: error\n"));
        QVERIFY(reply.body.contains("event: response.failed\n"));
        QVERIFY(!reply.body.contains("response.completed"));
    }

    void errorsAreOpenAis_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("param");
        QTest::newRow("no input") << "{}"_ba << 400 << u"input"_s;
        QTest::newRow("temperature") << body(R"(,"temperature":9)") << 400 << u"temperature"_s;
        QTest::newRow("no such model")
            << R"({"model":"no-such","input":"Hi"})"_ba << 404 << u"model"_s;
    }

    void errorsAreOpenAis()
    {
        QFETCH(QByteArray, request);
        QFETCH(int, status);
        QFETCH(QString, param);
        const RawReply reply = post("/v1/responses", request);
        QCOMPARE(reply.status, status);
        const QJsonValue error = parsed(reply.body)[u"error"_s];
        QCOMPARE(error[u"param"_s].toString(), param);
        QVERIFY(!error[u"message"_s].toString().isEmpty());
    }

    void errorsOfTheProviderAreTold()
    {
        answerOnce(replies().error(400, "not like that"));
        const RawReply reply = post("/v1/responses", body());
        QCOMPARE(reply.status, 400);
        QVERIFY(
            parsed(reply.body)[u"error"_s][u"message"_s].toString().contains("not like that"_L1));
    }

    void countsTokens()
    {
        const RawReply reply = post("/v1/responses/input_tokens", body());
        QCOMPARE(reply.status, 200);
        QVERIFY(parsed(reply.body)[u"input_tokens"_s].toInt() > 0);
        QCOMPARE(reply.headers.value("x-freerelay-estimate"), "true"_ba);
    }

private:
    static const ProviderReplies &replies()
    {
        static const ProviderReplies openAi(catalog::Wire::OpenAiChat);
        return openAi;
    }

    FakeReply answer(const FakeRequest &request)
    {
        const QMutexLocker lock(&m_mutex);
        m_lastBody = request.body;
        return m_reply
            ? *m_reply
            : replies().answer(request.body.contains("\"stream\":true"), {"Hello ", "you"});
    }

    void answerOnce(const FakeReply &reply)
    {
        const QMutexLocker lock(&m_mutex);
        m_reply = reply;
    }

    RawReply post(const QByteArray &path, const QByteArray &json)
    {
        RawClient client(m_gateway.port());
        client.send(
            "POST " + path
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
            + QByteArray::number(json.size()) + "\r\n\r\n" + json);
        return client.read();
    }

    QMutex m_mutex;
    std::optional<FakeReply> m_reply;
    QByteArray m_lastBody;
    UpstreamThread m_upstream;
    CliFixture m_fixture;
    RunningGateway m_gateway{m_fixture};
};

QTEST_GUILESS_MAIN(TestResponsesRoute)
#include "tst_responses_route.moc"
