#include "tests/integration/relay/relay_fixture.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using catalog::Wire;

namespace {

/// Two providers; the first one breaks its streams off.
struct Broken
{
    explicit Broken(Wire first = Wire::OpenAiChat, Wire second = Wire::OpenAiChat)
        : fixture({{"a", first}, {"b", second}})
    {
        fixture.configure([](relay::RelayConfig &config) { config.continueStreams = true; });
    }

    /// "a" streams these words and then suffers the fault.
    void breakBehind(const QByteArrayList &words, FakeFault fault = FakeFault::Cut)
    {
        FakeReply reply = fixture.replies(0).answer(true, words);
        reply.fault = fault;
        reply.faultAfterChunks = fixture.replies(0).chunksBeforeWords() + int(words.size());
        fixture.letReply(0, reply);
    }

    void goOnWith(const QByteArrayList &words)
    {
        fixture.letReply(1, fixture.replies(1).answer(true, words));
    }

    RelayFixture fixture;
};

QJsonArray chunksIn(const QByteArray &body)
{
    QJsonArray chunks;
    for (const QByteArray &line : body.split('\n')) {
        if (line.startsWith("data: {")) {
            chunks.append(QJsonDocument::fromJson(line.sliced(6)).object());
        }
    }
    return chunks;
}

/// Every value that the chunks have for `key`.
QSet<QString> valuesOf(const QJsonArray &chunks, QLatin1StringView key)
{
    QSet<QString> values;
    for (const QJsonValue &chunk : chunks) {
        values.insert(chunk.toObject()[key].toVariant().toString());
    }
    return values;
}

QByteArray bodyOf(const FakeRequest &request)
{
    return request.body;
}

} // namespace

/// Streams that break off behind the commit point and are gone on with elsewhere.
class TestRelayContinuation final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void goesOnInTheSameStream_data()
    {
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("second");
        QTest::addColumn<int>("fault");
        const std::array wires{
            std::pair("OpenAI", Wire::OpenAiChat),
            std::pair("Anthropic", Wire::AnthropicMessages),
            std::pair("Gemini", Wire::GoogleGenerateContent)};
        for (const auto &[from, first] : wires) {
            for (const auto &[to, second] : wires) {
                QTest::addRow("%s to %s, cut", from, to)
                    << int(first) << int(second) << int(FakeFault::Cut);
            }
        }
        QTest::newRow("reset") << int(Wire::OpenAiChat) << int(Wire::OpenAiChat)
                               << int(FakeFault::Reset);
        QTest::newRow("stall") << int(Wire::OpenAiChat) << int(Wire::OpenAiChat)
                               << int(FakeFault::Stall);
    }

    void goesOnInTheSameStream()
    {
        QFETCH(int, first);
        QFETCH(int, second);
        QFETCH(int, fault);
        Broken broken{Wire(first), Wire(second)};
        broken.breakBehind({"The quick ", "brown fox "}, FakeFault(fault));
        broken.goOnWith({"jumps over ", "the lazy ", "dog."});
        const auto client = broken.fixture.ask(true);
        if (FakeFault(fault) == FakeFault::Stall) {
            QTRY_COMPARE(textIn(client->body), "The quick brown fox "_ba);
            broken.fixture.advance(61s);
        }
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "The quick brown fox jumps over the lazy dog."_ba);
        QVERIFY(client->body.endsWith("data: [DONE]\n\n"));
        QVERIFY(client->body.contains(": continued by b/m-1"));
        QVERIFY(!client->body.contains("\"error\""));
        const QJsonArray chunks = chunksIn(client->body);
        QCOMPARE(valuesOf(chunks, "id"_L1).size(), 1);
        QCOMPARE(valuesOf(chunks, "created"_L1).size(), 1);
        QCOMPARE(client->body.count("\"role\""), 1);
        const relay::Outcome &outcome = broken.fixture.outcomes.list.at(0);
        QVERIFY(!outcome.brokenStream);
        QCOMPARE(outcome.provider, "b"_ba);
        QCOMPARE(int(outcome.attempts.size()), 2);
        QVERIFY(outcome.attempts.at(0).ttft && !outcome.attempts.at(0).failure.isEmpty());
        QVERIFY(!outcome.retryCause.isEmpty());
    }

    void asksForTheRest()
    {
        Broken broken;
        broken.breakBehind({"The \u201cquick\u201d ", "brown "});
        broken.goOnWith({"fox."});
        const auto client = broken.fixture.send(
            R"({"messages":[{"role":"user","content":"Hi"}],"stream":true,"max_tokens":100})");
        QTRY_VERIFY(client->finished);
        const QJsonObject request
            = QJsonDocument::fromJson(bodyOf(broken.fixture.upstream(1).requests().at(0))).object();
        const QJsonArray messages = request["messages"_L1].toArray();
        QCOMPARE(messages.size(), 3);
        QCOMPARE(messages.at(0).toObject()["content"_L1].toString(), u"Hi"_s);
        QCOMPARE(messages.at(1).toObject()["role"_L1].toString(), u"assistant"_s);
        QCOMPARE(
            messages.at(1).toObject()["content"_L1].toString().toUtf8(),
            textIn(client->body).chopped(4));
        QCOMPARE(messages.at(2).toObject()["role"_L1].toString(), u"user"_s);
        QVERIFY(request["max_tokens"_L1].toInt() < 100);
    }

    void tellsNothingTwice_data()
    {
        QTest::addColumn<QByteArrayList>("rest");
        QTest::newRow("the last word") << QByteArrayList{"fox ", "jumps over the lazy dog."};
        QTest::newRow("a part of it")
            << QByteArrayList{"brown fox ", "jumps ", "over the lazy dog."};
        QTest::newRow("all of it")
            << QByteArrayList{"The ", "quick brown fox ", "jumps over the lazy dog."};
    }

    void tellsNothingTwice()
    {
        QFETCH(QByteArrayList, rest);
        Broken broken;
        broken.breakBehind({"The quick ", "brown fox "});
        broken.goOnWith(rest);
        const auto client = broken.fixture.ask(true);
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "The quick brown fox jumps over the lazy dog."_ba);
    }

    void addsUpTheUsage()
    {
        Broken broken;
        broken.breakBehind({"The quick ", "brown fox "});
        broken.goOnWith({"jumps."});
        const auto client = broken.fixture.send(
            R"({"messages":[{"role":"user","content":"Hi"}],"stream":true,"stream_options":{"include_usage":true}})");
        QTRY_VERIFY(client->finished);
        const relay::Outcome &outcome = broken.fixture.outcomes.list.at(0);
        const QJsonObject usage = chunksIn(client->body).last().toObject()["usage"_L1].toObject();
        QCOMPARE(usage["completion_tokens"_L1].toInteger(), *outcome.completionTokens);
        QCOMPARE(usage["prompt_tokens"_L1].toInteger(), *outcome.promptTokens);
        QVERIFY(*outcome.completionTokens >= 20 / 4);
        QCOMPARE(
            usage["total_tokens"_L1].toInteger(),
            *outcome.completionTokens + *outcome.promptTokens);
    }

    void goesOnAsOftenAsItBreaks()
    {
        RelayFixture fixture({{"a"}, {"b"}, {"c"}});
        fixture.configure([](relay::RelayConfig &config) { config.continueStreams = true; });
        const QByteArrayList words{"One, two, ", "three, four, five, six, seven, ", "eight."};
        for (int i = 0; i < 3; ++i) {
            FakeReply reply = fixture.replies(i).answer(true, {words.at(i)});
            if (i < 2) {
                reply.fault = FakeFault::Reset;
                reply.faultAfterChunks = fixture.replies(i).chunksBeforeWords() + 1;
            }
            fixture.letReply(i, reply);
        }
        const auto client = fixture.ask(true);
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), words.join());
        QCOMPARE(valuesOf(chunksIn(client->body), "id"_L1).size(), 1);
    }

    void asksTheSameOneWhenThereIsNoOther()
    {
        RelayFixture fixture({{"a"}});
        fixture.configure([](relay::RelayConfig &config) { config.continueStreams = true; });
        FakeReply reply = fixture.replies(0).answer(true, {"The quick brown "});
        reply.fault = FakeFault::Cut;
        reply.faultAfterChunks = fixture.replies(0).chunksBeforeWords() + 1;
        fixture.letReply(0, reply);
        fixture.letReply(0, fixture.replies(0).answer(true, {"fox."}));
        const auto client = fixture.ask(true);
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "The quick brown fox."_ba);
    }

    void saysThatItBrokeWhenNobodyGoesOn_data()
    {
        QTest::addColumn<FakeReply>("second");
        const ProviderReplies replies(Wire::OpenAiChat);
        QTest::newRow("all down") << replies.error(500, "oops");
        QTest::newRow("begins anew in other words")
            << replies.answer(true, {"The quick brown f", "ly sits on a wall and sings."});
    }

    void saysThatItBrokeWhenNobodyGoesOn()
    {
        QFETCH(FakeReply, second);
        Broken broken;
        broken.breakBehind({"The quick ", "brown fox "});
        broken.fixture.letReply(1, second);
        broken.fixture.upstream(0).setHandler([](const FakeRequest &) {
            return ProviderReplies(Wire::OpenAiChat).error(500, "still broken");
        });
        const auto client = broken.fixture.ask(true);
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "The quick brown fox "_ba);
        QVERIFY(client->body.contains("\"error\""));
        QVERIFY(!client->body.contains("[DONE]"));
        QVERIFY(broken.fixture.outcomes.list.at(0).brokenStream);
    }

    void leavesOtherAnswersBroken_data()
    {
        QTest::addColumn<QByteArray>("extra");
        QTest::addColumn<bool>("allowed");
        QTest::newRow("not allowed") << ""_ba << false;
        QTest::newRow("tools")
            << R"(,"tools":[{"type":"function","function":{"name":"f","parameters":{}}}])"_ba
            << true;
        QTest::newRow("JSON") << R"(,"response_format":{"type":"json_object"})"_ba << true;
        QTest::newRow("two choices") << R"(,"n":2)"_ba << true;
    }

    void leavesOtherAnswersBroken()
    {
        QFETCH(QByteArray, extra);
        QFETCH(bool, allowed);
        Broken broken;
        broken.fixture.configure(
            [allowed](relay::RelayConfig &config) { config.continueStreams = allowed; });
        broken.breakBehind({"The quick ", "brown fox "});
        const auto client = broken.fixture.send(
            R"({"messages":[{"role":"user","content":"Hi"}],"stream":true)" + extra + '}');
        QTRY_VERIFY(client->finished);
        QVERIFY(client->body.contains("\"error\""));
        QCOMPARE(broken.fixture.upstream(1).requestCount(), 0);
    }

    void stopsWhenTheClientLeaves()
    {
        Broken broken;
        broken.breakBehind({"The quick ", "brown fox "});
        FakeReply held = broken.fixture.replies(1).answer(true, {"jumps."});
        held.headHeld = true;
        broken.fixture.letReply(1, held);
        const auto client = broken.fixture.ask(true);
        QTRY_COMPARE(broken.fixture.upstream(1).requestCount(), 1);
        client->leave();
        QTRY_COMPARE(int(broken.fixture.outcomes.list.size()), 1);
        QCOMPARE(broken.fixture.relay->sessionsInFlight(), 0);
    }
};

QTEST_GUILESS_MAIN(TestRelayContinuation)
#include "tst_relay_continuation.moc"
