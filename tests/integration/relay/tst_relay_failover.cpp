#include "tests/integration/relay/relay_fixture.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using catalog::Wire;

namespace {

using MakeReply = std::function<FakeReply(const ProviderReplies &, bool stream)>;

/// The first provider fails, the second answers.
struct Case
{
    const char *name;
    MakeReply reply;
    QByteArray failure; ///< the recorded word
};

FakeReply brokenStream(const ProviderReplies &replies, FakeFault fault)
{
    return replies.answer(true, {"Hello "})
        .withFault(fault, std::max(0, replies.chunksBeforeWords()));
}

std::vector<Case> allCases()
{
    std::vector<Case> cases;
    const auto status = [&cases](const char *name, int code, const QByteArray &failure) {
        cases.push_back(
            {name,
             [code](const ProviderReplies &replies, bool) { return replies.error(code, "words"); },
             failure});
    };
    const auto reply = [&cases](
                           const char *name, const FakeReply &what, const QByteArray &failure) {
        cases.push_back({name, [what](const ProviderReplies &, bool) { return what; }, failure});
    };
    const auto fault = [&cases](const char *name, FakeFault what, int place, const char *failure) {
        cases.push_back(
            {name,
             [what, place](const ProviderReplies &replies, bool stream) {
                 return replies.answer(stream, {"Hello "}).withFault(what, place);
             },
             failure});
    };
    status("401", 401, "key_rejected");
    status("402", 402, "no_credit");
    status("403", 403, "forbidden");
    status("404", 404, "model_gone");
    status("408", 408, "timeout");
    status("413", 413, "context_too_long");
    status("429", 429, "rate_limited");
    status("500", 500, "overloaded");
    status("503", 503, "overloaded");
    status("504", 504, "timeout");
    status("529", 529, "overloaded");
    reply("HTML 502", FakeReply::html("<html>bad gateway</html>"), "overloaded");
    reply("HTML 200", FakeReply::html("<html>welcome</html>", 200), "malformed");
    reply("redirect", FakeReply::html("moved", 302).withHeader("location", "/x"), "malformed");
    reply("truncated JSON", FakeReply::json("{\"choices\":[{\"index\":0,"), "malformed");
    reply("another JSON", FakeReply::json(R"({"hello":"world"})"), {});
    reply("empty 200", FakeReply::json({}), {});
    reply("not HTTP", FakeReply::garbage("\x01\x02 nonsense\r\n\r\n"), {});
    reply(
        "bad length",
        FakeReply::garbage("HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{\"id\":"),
        "network");
    fault("reset before the head", FakeFault::Reset, FakeReply::beforeHead, "network");
    fault("cut before the head", FakeFault::Cut, FakeReply::beforeHead, "network");
    fault("reset after the head", FakeFault::Reset, 0, "network");
    fault("cut after the head", FakeFault::Cut, 0, "network");
    return cases;
}

/// Failures that only streams have.
std::vector<Case> streamCases()
{
    std::vector<Case> cases;
    const auto add = [&cases](const char *name, MakeReply reply, const char *failure) {
        cases.push_back({name, std::move(reply), failure});
    };
    add(
        "no content",
        [](const ProviderReplies &replies, bool) { return replies.answer(true, {}); },
        "overloaded");
    add(
        "ends before content",
        [](const ProviderReplies &replies, bool) {
            FakeReply reply = replies.answer(true, {"Hello "});
            reply.chunks.resize(std::size_t(replies.chunksBeforeWords()));
            return reply;
        },
        "malformed");
    add(
        "reset before content",
        [](const ProviderReplies &replies, bool) {
            return brokenStream(replies, FakeFault::Reset);
        },
        "network");
    add(
        "cut before content",
        [](const ProviderReplies &replies, bool) { return brokenStream(replies, FakeFault::Cut); },
        "network");
    return cases;
}

} // namespace

class TestRelayFailover final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsTheClientNothingOfAFailureBeforeContent_data()
    {
        QTest::addColumn<MakeReply>("reply");
        QTest::addColumn<QByteArray>("failure");
        QTest::addColumn<int>("wire");
        QTest::addColumn<bool>("stream");
        const auto add = [](const Case &one, Wire wire, const char *wireName, bool stream) {
            QTest::addRow("%s, %s%s", one.name, wireName, stream ? ", stream" : "")
                << one.reply << one.failure << int(wire) << stream;
        };
        const std::pair<Wire, const char *> wires[]{
            {Wire::OpenAiChat, "OpenAI"},
            {Wire::AnthropicMessages, "Anthropic"},
            {Wire::GoogleGenerateContent, "Gemini"}};
        for (const auto &[wire, name] : wires) {
            for (const Case &one : allCases()) {
                add(one, wire, name, false);
                add(one, wire, name, true);
            }
            for (const Case &one : streamCases()) {
                add(one, wire, name, true);
            }
        }
    }

    void tellsTheClientNothingOfAFailureBeforeContent()
    {
        QFETCH(MakeReply, reply);
        QFETCH(QByteArray, failure);
        QFETCH(int, wire);
        QFETCH(bool, stream);
        RelayFixture fixture({{"first", Wire(wire)}, {"second"}});
        fixture.letReply(0, reply(fixture.replies(0), stream));
        fixture.letAnswer(1);
        const auto client = fixture.ask(stream);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 200);
        QCOMPARE(client->heads, 1);
        QCOMPARE(textIn(client->body), "Hello from second"_ba);
        QCOMPARE(client->headers.value("x-freerelay-provider"), "second"_ba);
        QCOMPARE(client->headers.value("x-freerelay-attempts"), "2"_ba);
        QCOMPARE(fixture.upstream(0).requestCount(), 1);

        const relay::Outcome &outcome = fixture.outcomes.list.front();
        QCOMPARE(outcome.attempts.size(), std::size_t(2));
        QCOMPARE(outcome.attempts.front().provider, "first"_ba);
        if (!failure.isNull()) {
            QCOMPARE(outcome.attempts.front().failure, failure);
        }
        QVERIFY(!outcome.attempts.front().failure.isEmpty());
        QVERIFY(outcome.attempts.back().failure.isEmpty());
    }

    void goesOnWhenNobodyListens()
    {
        RelayFixture fixture({{"first"}, {"second"}});
        fixture.upstream(0).stopListening();
        fixture.letAnswer(1);
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 200);
        QCOMPARE(fixture.outcomes.list.front().attempts.front().failure, "network"_ba);
    }

    void goesOnWhenNothingComes_data()
    {
        QTest::addColumn<bool>("stream");
        QTest::addColumn<int>("place");
        QTest::addColumn<int>("seconds");
        QTest::newRow("whole, no head") << false << FakeReply::beforeHead << 180;
        QTest::newRow("whole, no body") << false << 0 << 180;
        QTest::newRow("stream, no head") << true << FakeReply::beforeHead << 90;
        QTest::newRow("stream, no content") << true << 1 << 90;
    }

    void goesOnWhenNothingComes()
    {
        QFETCH(bool, stream);
        QFETCH(int, place);
        QFETCH(int, seconds);
        RelayFixture fixture({{"first"}, {"second"}});
        fixture.letReply(
            0, fixture.replies(0).answer(stream, {"Hello "}).withFault(FakeFault::Stall, place));
        fixture.letAnswer(1);
        const auto client = fixture.ask(stream);
        QTRY_COMPARE(fixture.upstream(0).requestCount(), 1);
        fixture.advance(std::chrono::seconds(seconds) - 1ms);
        QCOMPARE(fixture.outcomes.list.size(), std::size_t(0));
        QCOMPARE(fixture.upstream(1).requestCount(), 0);
        fixture.advance(2ms);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 200);
        QCOMPARE(client->headers.value("x-freerelay-provider"), "second"_ba);
        QCOMPARE(fixture.outcomes.list.front().attempts.front().failure, "timeout"_ba);
        QTRY_VERIFY(fixture.upstream(0).request(0).clientClosedEarly);
    }

    void keepsOneDeadlineForAllAttempts_data()
    {
        QTest::addColumn<bool>("stream");
        QTest::newRow("whole") << false;
        QTest::newRow("stream") << true;
    }

    void keepsOneDeadlineForAllAttempts()
    {
        QFETCH(bool, stream);
        RelayFixture fixture({{"first"}, {"second"}, {"third"}});
        fixture.configure([](relay::RelayConfig &config) { config.requestDeadline = 30s; });
        FakeReply stalling = fixture.replies(0).answer(stream, {"Hello "});
        stalling.headHeld = true;
        fixture.letReply(0, stalling.withFault(FakeFault::Reset, FakeReply::beforeHead));
        fixture.letReply(1, stalling.withFault(FakeFault::Stall, FakeReply::beforeHead));
        fixture.letAnswer(2);
        const auto client = fixture.ask(stream);
        QTRY_COMPARE(fixture.upstream(0).requestCount(), 1);
        fixture.advance(20s);
        fixture.upstream(0).release();
        QTRY_COMPARE(fixture.upstream(1).requestCount(), 1);
        fixture.advance(10s - 1ms);
        QVERIFY(!client->finished);
        fixture.advance(2ms);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 504);
        QCOMPARE(fixture.upstream(2).requestCount(), 0);
        QCOMPARE(client->headers.value("x-freerelay-attempts"), "2"_ba);
    }

    void makesOnlySoManyAttempts()
    {
        RelayFixture fixture({{"p", Wire::OpenAiChat, 10}});
        fixture.upstream(0).setHandler([](const FakeRequest &) {
            return ProviderReplies(Wire::OpenAiChat).error(500, "words");
        });
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 503);
        QCOMPARE(fixture.upstream(0).requestCount(), 6);
        QCOMPARE(client->headers.value("x-freerelay-attempts"), "6"_ba);
    }

    void spendsTheRetryBudgetAndThenNoMore()
    {
        RelayFixture fixture({{"p", Wire::OpenAiChat, 10}});
        fixture.upstream(0).setHandler([](const FakeRequest &) {
            return ProviderReplies(Wire::OpenAiChat).error(500, "words");
        });
        // 100 tokens saved, 0.2 for each request, and five retries each: gone after 21.
        constexpr int requests = 30;
        for (int i = 0; i < requests; ++i) {
            const auto client = fixture.ask(false);
            QTRY_VERIFY(client->finished);
            QCOMPARE(client->status, 503);
        }
        QVERIFY(fixture.upstream(0).requestCount() <= requests + 100 + requests / 5 + 1);
        QVERIFY(fixture.upstream(0).requestCount() >= requests + 100);
        QCOMPARE(fixture.outcomes.list.back().attempts.size(), std::size_t(1));
    }

    void triesARejectedKeyOnlyOnce()
    {
        RelayFixture fixture({{"first", Wire::OpenAiChat, 4}, {"second"}});
        fixture.upstream(0).setHandler([](const FakeRequest &) {
            return ProviderReplies(Wire::OpenAiChat).error(401, "bad key");
        });
        fixture.letReply(1, fixture.replies(1).error(500, "words"));
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(fixture.upstream(0).requestCount(), 1);
    }

    void triesTheNextKeyOfTheSameProvider()
    {
        RelayFixture fixture({{"p", Wire::OpenAiChat, 1, 2}});
        fixture.letReply(0, fixture.replies(0).error(429, "slow down"));
        fixture.letAnswer(0);
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 200);
        QCOMPARE(fixture.upstream(0).request(0).headers.value("authorization"), "Bearer sk-p-1"_ba);
        QCOMPARE(fixture.upstream(0).request(1).headers.value("authorization"), "Bearer sk-p-2"_ba);
    }

    void doesNotComeBackToWhatIsRateLimited()
    {
        RelayFixture fixture({{"first"}, {"second"}});
        fixture.letReply(
            0, fixture.replies(0).error(429, "slow down").withHeader("retry-after", "20"));
        fixture.letAnswer(0);
        fixture.letAnswer(1);
        for (int i = 0; i < 3; ++i) {
            const auto client = fixture.ask(false);
            QTRY_VERIFY(client->finished);
            QCOMPARE(client->headers.value("x-freerelay-provider"), "second"_ba);
            fixture.clock.advance(5s);
        }
        QCOMPARE(fixture.upstream(0).requestCount(), 1);
        fixture.clock.advance(5s);
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->headers.value("x-freerelay-provider"), "first"_ba);
    }

    void leavesTheClientsMistakeToTheClient()
    {
        RelayFixture fixture({{"first"}, {"second"}});
        fixture.letReply(
            0,
            FakeReply::json(
                R"({"error":{"message":"max_tokens must be positive","type":"invalid_request_error",)"
                R"("param":"max_tokens","code":"bad_value"}})",
                400));
        const auto client = fixture.ask(true);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 400);
        QVERIFY(client->body.contains("max_tokens must be positive"));
        QVERIFY(client->body.contains(R"("param":"max_tokens")"));
        QVERIFY(client->body.contains(R"("code":"bad_value")"));
        QCOMPARE(fixture.upstream(1).requestCount(), 0);
        QVERIFY(fixture.coolDowns.active(fixture.clock.now()).empty());
    }

    void rescuesACallThatGroqRefused_data()
    {
        QTest::addColumn<QByteArray>("tool");
        QTest::addColumn<QByteArray>("stream");
        QTest::addColumn<QByteArray>("provider");
        QTest::newRow("whole") << "search"_ba
                               << "false"_ba
                               << "first"_ba;
        QTest::newRow("streamed") << "search"_ba
                                  << "true"_ba
                                  << "first"_ba;
        QTest::newRow("of a tool that there is not") << "other"_ba
                                                     << "false"_ba
                                                     << "second"_ba;
    }

    void rescuesACallThatGroqRefused()
    {
        QFETCH(QByteArray, tool);
        QFETCH(QByteArray, stream);
        QFETCH(QByteArray, provider);
        RelayFixture fixture({{"first"}, {"second"}});
        fixture.letReply(
            0,
            FakeReply::json(
                R"({"error":{"message":"Failed to call a function.","type":"invalid_request_error",)"
                R"("code":"tool_use_failed","failed_generation":"<function=search>{}</function>"}})",
                400));
        fixture.letAnswer(1);
        const QByteArray request
            = R"({"messages":[{"role":"user","content":"Hi"}],"stream":%1,"tools":[{"type":"function","function":{"name":"%2"}}]})";
        const auto client = fixture.send(
            QByteArray(request).replace("%1", stream).replace("%2", tool));
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 200);
        QCOMPARE(client->headers.value("x-freerelay-provider"), provider);
        QCOMPARE(client->body.contains(R"("name":"search")"), provider == "first");
        QVERIFY(fixture.coolDowns.active(fixture.clock.now()).empty());
    }

    void doesNotBelieveARefusalOfTranslatedWords()
    {
        RelayFixture fixture({{"first", Wire::AnthropicMessages}, {"second"}});
        fixture.letReply(0, fixture.replies(0).error(400, "words"));
        fixture.letAnswer(1);
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 200);
        QCOMPARE(client->headers.value("x-freerelay-attempts"), "2"_ba);
    }

    void passesOverWhatTheDialectCannotSay()
    {
        // A file id means nothing to Gemini; nothing is sent there, and no attempt counted.
        RelayFixture fixture({{"first", Wire::GoogleGenerateContent, 3}, {"second"}});
        fixture.letAnswer(1);
        const auto client = fixture.send(m_withFileId);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 200);
        QCOMPARE(client->headers.value("x-freerelay-provider"), "second"_ba);
        QCOMPARE(client->headers.value("x-freerelay-attempts"), "1"_ba);
        QCOMPARE(fixture.upstream(0).requestCount(), 0);
    }

    void namesWhatTheProviderIsNotTold_data()
    {
        QTest::addColumn<int>("wire");
        QTest::addColumn<QByteArray>("ignored");
        QTest::newRow("OpenAI chat") << int(Wire::OpenAiChat) << QByteArray();
        QTest::newRow("Anthropic") << int(Wire::AnthropicMessages) << "seed, logit_bias"_ba;
        QTest::newRow("Gemini") << int(Wire::GoogleGenerateContent) << "logit_bias"_ba;
    }

    void namesWhatTheProviderIsNotTold()
    {
        QFETCH(int, wire);
        QFETCH(QByteArray, ignored);
        for (const QByteArray &stream : {"true"_ba, "false"_ba}) {
            RelayFixture fixture({{"first", Wire(wire)}});
            fixture.letAnswer(0);
            const QByteArray request
                = R"({"messages":[{"role":"user","content":"Hi"}],"stream":%1,"user":"u","logit_bias":{"1":2},"seed":3})";
            const auto client = fixture.send(QByteArray(request).replace("%1", stream));
            QTRY_VERIFY(client->finished);
            QCOMPARE(client->status, 200);
            QCOMPARE(client->headers.value("x-freerelay-ignored"), ignored);
        }
    }

    void refusesWhatNoDialectCanSay()
    {
        RelayFixture fixture({{"first", Wire::GoogleGenerateContent, 3}});
        const auto client = fixture.send(m_withFileId);
        QVERIFY(client->finished);
        QCOMPARE(client->status, 400);
        QVERIFY(client->body.contains("invalid_request_error"));
        QCOMPARE(client->headers.value("x-freerelay-attempts"), "0"_ba);
    }

private:
    const QByteArray m_withFileId
        = R"({"messages":[{"role":"user","content":[{"type":"text","text":"Hi"},)"
          R"({"type":"file","file":{"file_id":"file-1"}}]}]})";
};

QTEST_GUILESS_MAIN(TestRelayFailover)
#include "tst_relay_failover.moc"
