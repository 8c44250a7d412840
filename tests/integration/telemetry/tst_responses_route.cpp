#include "tests/integration/telemetry/scripted_gateway.h"

#include <QJsonArray>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

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
        m_gateway.addProvider(u"GROQ"_s);
        QVERIFY(m_gateway.start());
    }

    void init() { m_gateway.answerAsUsual(); }

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
        QVERIFY(m_gateway.lastAsked().body.contains(R"({"role":"system","content":"Be brief."})"));
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
        m_gateway.answerWith(
            ScriptedGateway::replies().answer(true, {"Hel", "lo"}).withFault(FakeFault::Cut, 2));
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
        m_gateway.answerWith(ScriptedGateway::replies().error(400, "not like that"));
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

    void makesConversationsShorter()
    {
        const QByteArray conversation
            = R"({"model":"groq/openai/gpt-oss-120b","instructions":"Be brief.","input":[)"
              R"({"type":"message","role":"developer","content":"Mind the gap."},)"
              R"({"type":"message","role":"user","content":"Read it."},)"
              R"({"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},)"
              R"({"type":"function_call_output","call_id":"c1","output":"It is red."}],)"
              R"("tools":[{"type":"function","name":"f"}],"parallel_tool_calls":false})";
        const RawReply reply = post("/v1/responses/compact", conversation);
        QCOMPARE(reply.status, 200);
        const QJsonObject compaction = parsed(reply.body);
        QCOMPARE(compaction[u"object"_s].toString(), u"response.compaction"_s);
        QVERIFY(compaction[u"usage"_s][u"total_tokens"_s].toInt() > 0);
        const QJsonArray output = compaction[u"output"_s].toArray();
        QCOMPARE(output.size(), 2);
        QCOMPARE(output[0][u"content"_s][0][u"text"_s].toString(), u"Read it."_s);
        QCOMPARE(output[1][u"type"_s].toString(), u"compaction"_s);
        const QJsonObject asked = parsed(m_gateway.lastAsked().body);
        QCOMPARE(asked[u"tool_choice"_s].toString(), u"none"_s);
        QVERIFY(m_gateway.lastAsked().body.contains("It is red."));
        // Its client goes on with what stands there now.
        QJsonArray input = output;
        input.append(QJsonObject{{u"role"_s, u"user"_s}, {u"content"_s, u"And?"_s}});
        const QJsonObject next{{u"model"_s, u"groq/openai/gpt-oss-120b"_s}, {u"input"_s, input}};
        QCOMPARE(post("/v1/responses", QJsonDocument(next).toJson()).status, 200);
        const QJsonArray messages = parsed(m_gateway.lastAsked().body)[u"messages"_s].toArray();
        QCOMPARE(messages.size(), 3);
        QVERIFY(messages[1][u"content"_s].toString().endsWith("Hello you"_L1));
        QCOMPARE(post("/v1/responses/compact", "{}").status, 400);
    }

    void aTriggerMakesThemShorterToo()
    {
        const RawReply reply = post(
            "/v1/responses",
            R"({"model":"groq/openai/gpt-oss-120b","stream":true,"store":false,"input":[)"
            R"({"role":"user","content":"Read it."},{"type":"compaction_trigger"}],)"
            R"("tools":[{"type":"function","name":"f"}]})");
        QCOMPARE(reply.status, 200);
        QCOMPARE(reply.body.count("event: response.output_item.done\n"), 1);
        QVERIFY(!reply.body.contains("output_text"));
        const qsizetype last = reply.body.lastIndexOf("\ndata: ") + 7;
        const QJsonObject end = parsed(reply.body.sliced(last))[u"response"_s].toObject();
        QCOMPARE(end[u"status"_s].toString(), u"completed"_s);
        QCOMPARE(end[u"output"_s].toArray().size(), 1);
        QCOMPARE(end[u"output"_s][0][u"type"_s].toString(), u"compaction"_s);
    }

    void tellsAgainWhatIsStored()
    {
        const RawReply reply = post("/v1/responses", body());
        const QByteArray path = pathOf(reply.body);
        const RawReply again = m_gateway->get(path);
        QCOMPARE(again.status, 200);
        QCOMPARE(again.body, reply.body);
        QCOMPARE(parsed(again.body)[u"store"_s].toBool(), true);
        QCOMPARE(m_gateway->get(path + "?stream=true").status, 400); // it was none
        const RawReply deleted = remove(path);
        QCOMPARE(deleted.status, 200);
        QCOMPARE(parsed(deleted.body)[u"deleted"_s].toBool(), true);
        QCOMPARE(m_gateway->get(path).status, 404);
        QCOMPARE(remove(path).status, 404);
    }

    void keepsNothingThatIsNotStored()
    {
        const RawReply reply = post("/v1/responses", body(R"(,"store":false)"));
        QCOMPARE(parsed(reply.body)[u"store"_s].toBool(true), false);
        QCOMPARE(m_gateway->get(pathOf(reply.body)).status, 404);
        m_gateway.answerWith(ScriptedGateway::replies().error(400, "not like that"));
        const RawReply failed = post("/v1/responses", body());
        const QByteArray id = failed.headers.value("x-freerelay-request-id").sliced(4);
        QCOMPARE(m_gateway->get("/v1/responses/resp_" + id).status, 404);
        QCOMPARE(m_gateway->get("/v1/responses/msg_" + id).status, 404);
    }

    void tellsStreamsAgain()
    {
        const RawReply reply = post("/v1/responses", body(R"(,"stream":true)"));
        const qsizetype last = reply.body.lastIndexOf("\ndata: ") + 7;
        const QJsonObject end = parsed(reply.body.sliced(last))[u"response"_s].toObject();
        const QByteArray path = "/v1/responses/" + end[u"id"_s].toString().toLatin1();
        QCOMPARE(parsed(m_gateway->get(path).body), end);
        QCOMPARE(m_gateway->get(path + "?stream=true").body, reply.body);
        const RawReply rest = m_gateway->get(path + "?stream=true&starting_after=1");
        QVERIFY(rest.body.startsWith("event: response.output_item.added\n"));
        QVERIFY(reply.body.endsWith(rest.body));
        for (const char *bad : {"x", "-2", "1000"}) {
            QCOMPARE(m_gateway->get(path + "?stream=true&starting_after=" + bad).status, 400);
        }
    }

    /// What one app had stored is not there for another, nor for who brings no key.
    void whatIsStoredIsItsApps()
    {
        const auto keyOf = [this](const QString &name) -> QByteArray {
            const CliResult added = m_gateway.fixture().run({u"apps"_s, u"add"_s, name});
            return "Authorization: Bearer " + added.out.trimmed() + "\r\n";
        };
        const QByteArray own = keyOf(u"Owner"_s);
        const QByteArray path = pathOf(m_gateway->post("/v1/responses", body(), own).body);
        const auto statuses = [&](const QByteArray &key) {
            const QByteArray id = path.sliced(path.lastIndexOf('/') + 1);
            const QByteArray more = ",\"previous_response_id\":\"" + id + '"';
            return QList<int>{
                m_gateway->get(path, key).status,
                m_gateway->get(path + "/input_items", key).status,
                m_gateway->post("/v1/responses", body(more), key).status,
                m_gateway->post(path + "/cancel", "{}", key).status,
                remove(path, key).status};
        };
        const QList<int> none{404, 404, 400, 404, 404};
        QCOMPARE(statuses(keyOf(u"Other"_s)), none);
        QCOMPARE(statuses({}), none);
        QCOMPARE(statuses(own), (QList<int>{200, 200, 200, 400, 200}));
    }

    void goesOnFromWhatIsStored()
    {
        const QByteArray first = pathOf(post("/v1/responses", body()).body);
        const QByteArray second = pathOf(goOn(first, R"("Again")").body);
        QCOMPARE(remove(first).status, 200);
        const RawReply third = goOn(second, R"([{"role":"user","content":"Once more"}])");
        QCOMPARE(third.status, 200);
        const QJsonObject response = parsed(third.body);
        QCOMPARE(
            "/v1/responses/" + response[u"previous_response_id"_s].toString().toLatin1(), second);
        QJsonArray said;
        {
            for (const QJsonValue message :
                 parsed(m_gateway.lastAsked().body)[u"messages"_s].toArray()) {
                said.append(message[u"content"_s]);
            }
        }
        QCOMPARE(
            said,
            (QJsonArray{u"Hi"_s, u"Hello you"_s, u"Again"_s, u"Hello you"_s, u"Once more"_s}));
        const QJsonObject page = parsed(
            m_gateway->get(pathOf(third.body) + "/input_items?limit=2&order=asc").body);
        QCOMPARE(page[u"data"_s].toArray().size(), 2);
        QCOMPARE(page[u"data"_s][0][u"content"_s][0][u"text"_s].toString(), u"Hi"_s);
        QVERIFY(page[u"has_more"_s].toBool());
        const QByteArray after = page[u"last_id"_s].toString().toLatin1();
        const QJsonObject next = parsed(
            m_gateway->get(pathOf(third.body) + "/input_items?order=asc&after=" + after).body);
        QCOMPARE(next[u"data"_s].toArray().size(), 3);
        QVERIFY(!next[u"has_more"_s].toBool());
        QCOMPARE(
            parsed(m_gateway->get(pathOf(third.body) + "/input_items").body)[u"first_id"_s],
            next[u"last_id"_s]);
        QCOMPARE(m_gateway->get(pathOf(third.body) + "/input_items?limit=0").status, 400);
    }

    void itemsMayBeReferredTo()
    {
        const QJsonObject response = parsed(post("/v1/responses", body()).body);
        const QByteArray item = response[u"output"_s][0][u"id"_s].toString().toLatin1();
        const QByteArray reference = "{\"type\":\"item_reference\",\"id\":\"X\"}";
        const auto ask = [&](const QByteArray &id) {
            return post(
                "/v1/responses",
                R"({"model":"groq/openai/gpt-oss-120b","input":[{"role":"user","content":"Hi"},)"
                    + QByteArray(reference).replace("X", id)
                    + R"(,{"role":"user","content":"And?"}]})");
        };
        QCOMPARE(ask(item).status, 200);
        {
            QVERIFY(m_gateway.lastAsked().body.contains(
                R"({"role":"assistant","content":"Hello you"})"));
        }
        const RawReply unknown = ask("msg_none_0");
        QCOMPARE(unknown.status, 400);
        QCOMPARE(parsed(unknown.body)[u"error"_s][u"param"_s].toString(), u"input"_s);
    }

    void saysWhenThePreviousOneIsNotKept()
    {
        const RawReply reply = goOn("/v1/responses/resp_none", R"("Again")");
        QCOMPARE(reply.status, 400);
        const QJsonValue error = parsed(reply.body)[u"error"_s];
        QCOMPARE(error[u"param"_s].toString(), u"previous_response_id"_s);
        QVERIFY(error[u"message"_s].toString().contains("responses_keep"_L1));
    }

    void answersInTheBackground()
    {
        const RawReply queued = post("/v1/responses", body(R"(,"background":true)"));
        QCOMPARE(queued.status, 200);
        QCOMPARE(parsed(queued.body)[u"status"_s].toString(), u"queued"_s);
        const QByteArray path = pathOf(queued.body);
        QTRY_COMPARE(statusOf(path), u"completed"_s);
        const QJsonObject response = parsed(m_gateway->get(path).body);
        QCOMPARE(response[u"background"_s].toBool(), true);
        QCOMPARE(response[u"output"_s][0][u"content"_s][0][u"text"_s].toString(), u"Hello you"_s);
        QCOMPARE(cancel(path).status, 200); // it is over, and stays what it is
        QCOMPARE(statusOf(path), u"completed"_s);
    }

    void cancelsWhatIsInTheBackground_data()
    {
        QTest::addColumn<bool>("stream");
        QTest::newRow("whole") << false;
        QTest::newRow("stream") << true;
    }

    void cancelsWhatIsInTheBackground()
    {
        QFETCH(bool, stream);
        FakeReply held = ScriptedGateway::replies().answer(stream, {"Hel", "lo", " you"});
        held.chunks.at(stream ? held.chunks.size() - 3 : 0).held = true;
        m_gateway.answerWith(held);
        RawClient client(m_gateway->port());
        client.send(requestOf(
            "/v1/responses",
            body(stream ? R"(,"background":true,"stream":true)" : R"(,"background":true)")));
        QVERIFY(QTest::qWaitFor([&] {
            return !client.waitForBytes(client.rest().size() + 1)
                || client.rest().contains("\"object\":\"response\"");
        }));
        const qsizetype at = client.rest().indexOf("resp_");
        const QByteArray path = "/v1/responses/"
            + client.rest().sliced(at, client.rest().indexOf('"', at) - at);
        QCOMPARE(statusOf(path), u"in_progress"_s);
        QCOMPARE(parsed(cancel(path).body)[u"status"_s].toString(), u"cancelled"_s);
        QTRY_VERIFY(m_gateway.upstream()->requests().back().clientClosedEarly);
        QCOMPARE(statusOf(path), u"cancelled"_s);
    }

    void aBackgroundThatFailsSaysSo()
    {
        m_gateway.answerWith(ScriptedGateway::replies().error(400, "not like that"));
        const QByteArray path = pathOf(post("/v1/responses", body(R"(,"background":true)")).body);
        QTRY_COMPARE(statusOf(path), u"failed"_s);
        const QJsonValue error = parsed(m_gateway->get(path).body)[u"error"_s];
        QVERIFY(error[u"message"_s].toString().contains("not like that"_L1));
    }

    void theBackgroundNeedsAStore()
    {
        const RawReply reply = post("/v1/responses", body(R"(,"background":true,"store":false)"));
        QCOMPARE(reply.status, 400);
        QCOMPARE(parsed(reply.body)[u"error"_s][u"param"_s].toString(), u"background"_s);
        const QByteArray path = pathOf(post("/v1/responses", body()).body);
        QCOMPARE(cancel(path).status, 400);
    }

private:
    static QByteArray pathOf(const QByteArray &response)
    {
        return "/v1/responses/" + parsed(response)[u"id"_s].toString().toLatin1();
    }

    QString statusOf(const QByteArray &path)
    {
        return parsed(m_gateway->get(path).body)[u"status"_s].toString();
    }

    RawReply goOn(const QByteArray &path, const QByteArray &input)
    {
        return post(
            "/v1/responses",
            "{\"model\":\"groq/openai/gpt-oss-120b\",\"input\":" + input
                + ",\"previous_response_id\":\"" + path.sliced(path.lastIndexOf('/') + 1) + "\"}");
    }

    RawReply remove(const QByteArray &path, const QByteArray &head = {})
    {
        RawClient client(m_gateway->port());
        client.send("DELETE " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + head + "\r\n");
        return client.read();
    }

    RawReply cancel(const QByteArray &path)
    {
        RawClient client(m_gateway->port());
        client.send(
            "POST " + path + "/cancel HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n");
        return client.read();
    }

    static QByteArray requestOf(const QByteArray &path, const QByteArray &json)
    {
        return "POST " + path
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
            + QByteArray::number(json.size()) + "\r\n\r\n" + json;
    }

    RawReply post(const QByteArray &path, const QByteArray &json)
    {
        RawClient client(m_gateway->port());
        client.send(requestOf(path, json));
        return client.read();
    }

    ScriptedGateway m_gateway;
};

QTEST_GUILESS_MAIN(TestResponsesRoute)
#include "tst_responses_route.moc"
