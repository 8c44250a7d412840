#include "tests/integration/relay/relay_fixture.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using catalog::Wire;
using relay::Attempt;
using Reading = FakeDownstream::Reading;

namespace {

/// More than all socket buffers hold.
constexpr int bigWords = 1'500;
constexpr qsizetype bigWordSize = 16 * 1024;

FakeReply bigStream()
{
    return ProviderReplies(Wire::OpenAiChat)
        .answer(true, QByteArrayList(bigWords, QByteArray(bigWordSize, 'x')));
}

} // namespace

class TestRelayStreams final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void endsABrokenStreamWithAnErrorEvent_data()
    {
        QTest::addColumn<int>("wire");
        QTest::addColumn<int>("fault");
        QTest::addColumn<QByteArray>("insteadOfTheRest");
        const std::pair<Wire, const char *> wires[]{
            {Wire::OpenAiChat, "OpenAI"},
            {Wire::AnthropicMessages, "Anthropic"},
            {Wire::GoogleGenerateContent, "Gemini"}};
        for (const auto &[wire, name] : wires) {
            const auto row = [wire = wire, name = name](
                                 const char *what, FakeFault fault, const QByteArray &event) {
                QTest::addRow("%s, %s", what, name) << int(wire) << int(fault) << event;
            };
            row("reset", FakeFault::Reset, {});
            row("cut", FakeFault::Cut, {});
            row("clean end", FakeFault::None, {});
            row("stall", FakeFault::Stall, {});
            row("garbage", FakeFault::None, "data: {nonsense");
            row("error",
                FakeFault::None,
                "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
                "\"code\":503,\"message\":\"busy\",\"status\":\"UNAVAILABLE\"}}");
        }
    }

    void endsABrokenStreamWithAnErrorEvent()
    {
        QFETCH(int, wire);
        QFETCH(int, fault);
        QFETCH(QByteArray, insteadOfTheRest);
        RelayFixture fixture({{"first", Wire(wire)}, {"second"}});
        FakeReply reply = fixture.replies(0).answer(true, {"Hello ", "world"});
        const int kept = fixture.replies(0).chunksBeforeWords() + 1;
        reply.chunks.resize(std::size_t(kept));
        if (!insteadOfTheRest.isEmpty()) {
            reply.chunks.push_back({insteadOfTheRest + "\n\n", true});
        }
        fixture.letReply(0, reply.withFault(FakeFault(fault), kept));
        const auto client = fixture.ask(true);
        QTRY_VERIFY(client->body.contains("Hello"));
        fixture.upstream(0).releaseAll();
        if (FakeFault(fault) == FakeFault::Stall) {
            fixture.advance(60s - 1ms);
            QVERIFY(!client->finished);
            fixture.advance(2ms);
        }
        QTRY_VERIFY(client->finished);

        QCOMPARE(client->status, 200);
        QCOMPARE(client->heads, 1);
        QCOMPARE(textIn(client->body), "Hello "_ba);
        QCOMPARE(client->body.count("data: {\"error\":{\"message\":"), 1);
        QVERIFY(!client->body.contains("[DONE]"));
        QVERIFY(!client->writtenAfterEnd);
        QCOMPARE(fixture.upstream(1).requestCount(), 0);

        const relay::Outcome &outcome = fixture.outcomes.list.front();
        QVERIFY(outcome.brokenStream);
        QVERIFY(!outcome.error.isEmpty());
        QVERIFY(!outcome.attempts.front().failure.isEmpty());
        // It failed a moment ago: the next request goes elsewhere first.
        fixture.letAnswer(1);
        const auto next = fixture.ask(true);
        QTRY_VERIFY(next->finished);
        QCOMPARE(next->headers.value("x-freerelay-provider"), "second"_ba);
        QCOMPARE(next->headers.value("x-freerelay-attempts"), "1"_ba);
        QCOMPARE(fixture.relay->sessionsInFlight(), 0);
    }

    void goesOnWhenTheFirstContentCameWithAnError()
    {
        // One read holds both: nothing was sent yet, so the client need not know.
        RelayFixture fixture({{"first"}, {"second"}});
        FakeReply reply = fixture.replies(0).answer(true, {"Hello "});
        reply.chunks.resize(2);
        reply.chunks.back().bytes += "data: {\"error\":{\"message\":\"busy\",\"code\":503}}\n\n";
        fixture.letReply(0, reply);
        fixture.letAnswer(1);
        const auto client = fixture.ask(true);
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "Hello from second"_ba);
    }

    void passesOnWhatCameWithAnErrorLater()
    {
        RelayFixture fixture({{"p"}});
        FakeReply reply = fixture.replies(0).answer(true, {"Hello ", "world"});
        reply.chunks.resize(3);
        reply.chunks.back().bytes += "data: {\"error\":{\"message\":\"busy\",\"code\":503}}\n\n";
        fixture.letReply(0, reply.heldFrom(2));
        const auto client = fixture.ask(true);
        QTRY_VERIFY(client->body.contains("Hello"));
        fixture.upstream(0).release();
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "Hello world"_ba);
        QVERIFY(client->body.contains("busy"));
    }

    void finishesAtTheEndMarkOfAProviderThatStaysOpen()
    {
        RelayFixture fixture({{"p"}});
        const FakeReply reply = fixture.replies(0).answer(true, {"Hello"});
        fixture.letReply(0, reply.withFault(FakeFault::Stall, int(reply.chunks.size())));
        const auto client = fixture.ask(true);
        QTRY_VERIFY(client->finished);
        QVERIFY(client->body.endsWith("data: [DONE]\n\n"));
        QVERIFY(!client->hasHandlers());
        QCOMPARE(fixture.outcomes.list.size(), std::size_t(1));
        QCOMPARE(fixture.relay->sessionsInFlight(), 1);
        fixture.advance(Attempt::releaseLimit + 1ms);
        QCOMPARE(fixture.relay->sessionsInFlight(), 0);
        QTRY_VERIFY(fixture.upstream(0).request(0).clientClosedEarly);
        QCOMPARE(fixture.outcomes.list.size(), std::size_t(1));
    }

    void usesTheConnectionAgainWhenTheProviderEndsLater()
    {
        RelayFixture fixture({{"p"}});
        FakeReply reply = fixture.replies(0).answer(true, {"Hello"});
        reply.chunks.push_back({": bye\n\n", true}); // behind [DONE], and held
        fixture.letReply(0, reply);
        fixture.letAnswer(0);
        const auto client = fixture.ask(true);
        QTRY_VERIFY(client->finished);
        QCOMPARE(fixture.relay->sessionsInFlight(), 1);
        fixture.upstream(0).release();
        QTRY_COMPARE(fixture.relay->sessionsInFlight(), 0);
        QVERIFY(!client->body.contains("bye"));
        const auto next = fixture.ask(true);
        QTRY_VERIFY(next->finished);
        QCOMPARE(fixture.upstream(0).connectionCount(), 1);
    }

    void letsGoOfTheProviderWhenTheClientLeaves_data()
    {
        QTest::addColumn<bool>("stream");
        QTest::addColumn<bool>("headHeld");
        QTest::addColumn<int>("heldFrom");
        QTest::newRow("whole, before the head") << false << true << 0;
        QTest::newRow("whole, before the body") << false << false << 0;
        QTest::newRow("stream, before the head") << true << true << 0;
        QTest::newRow("stream, before content") << true << false << 1;
        QTest::newRow("stream, in it") << true << false << 2;
        QTest::newRow("stream, before the end mark") << true << false << 5;
    }

    void letsGoOfTheProviderWhenTheClientLeaves()
    {
        QFETCH(bool, stream);
        QFETCH(bool, headHeld);
        QFETCH(int, heldFrom);
        RelayFixture fixture({{"first"}, {"second"}});
        FakeReply reply = fixture.replies(0).answer(stream, {"Hello ", "world"}).heldFrom(heldFrom);
        reply.headHeld = headHeld;
        fixture.letReply(0, reply);
        const auto client = fixture.ask(stream);
        QTRY_COMPARE(fixture.upstream(0).requestCount(), 1);
        if (heldFrom > 1) {
            QTRY_VERIFY(client->body.contains(heldFrom > 2 ? "world" : "Hello"));
        }
        const int heads = client->heads;
        client->leave();
        QCOMPARE(fixture.relay->sessionsInFlight(), 0);
        QTRY_VERIFY(fixture.upstream(0).request(0).clientClosedEarly);

        QCOMPARE(client->heads, heads);
        QVERIFY(!client->hasHandlers());
        QCOMPARE(fixture.upstream(1).requestCount(), 0);
        QVERIFY(fixture.coolDowns.active(fixture.clock.now()).empty());
        const relay::Outcome &outcome = fixture.outcomes.list.front();
        QCOMPARE(outcome.status, heldFrom > 1 ? 200 : 499);
        QCOMPARE(outcome.attempts.front().failure, "cancelled"_ba);
    }

    void pausesTheProviderForASlowReader()
    {
        RelayFixture fixture({{"p"}});
        fixture.letReply(0, bigStream());
        const auto client = fixture.ask(true, {}, Reading::OnDemand);
        QTRY_VERIFY(client->pending() > Attempt::highWatermark);
        QVERIFY(isQuiet(fixture, *client));
        // One read of the client's buffer is all that can come on top.
        constexpr qint64 slack = 192 * 1024;
        QVERIFY2(
            client->mostPending <= Attempt::highWatermark + slack,
            QByteArray::number(client->mostPending).constData());

        // Above the low mark nothing moves.
        const qsizetype before = client->body.size();
        client->take(client->pending() - Attempt::lowWatermark);
        QVERIFY(isQuiet(fixture, *client));
        QCOMPARE(client->body.size(), before);
        client->take(1);
        QTRY_VERIFY(client->body.size() > before);

        // And read to its end, nothing is missing and no more was ever held.
        while (!client->finished) {
            client->take(48 * 1024);
            QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
        }
        QCOMPARE(textIn(client->body).size(), bigWords * bigWordSize);
        QVERIFY(client->body.endsWith("data: [DONE]\n\n"));
        QVERIFY(client->mostPending <= Attempt::highWatermark + slack);
    }

    void cutsAReaderThatNeverReads()
    {
        RelayFixture fixture({{"p"}});
        fixture.letReply(0, bigStream());
        const auto client = fixture.ask(true, {}, Reading::OnDemand);
        QTRY_VERIFY(client->pending() > Attempt::highWatermark);
        fixture.relay->checkLimits();
        fixture.advance(relay::RelaySession::stalledReaderLimit);
        QVERIFY(!client->aborted);
        fixture.advance(1ms);
        QVERIFY(client->aborted);
        QCOMPARE(fixture.relay->sessionsInFlight(), 0);
        QTRY_VERIFY(fixture.upstream(0).request(0).clientClosedEarly);
        QVERIFY(fixture.coolDowns.active(fixture.clock.now()).empty());
    }

    void givesAReaderThatReadsAgainItsTimeBack()
    {
        RelayFixture fixture({{"p"}});
        fixture.letReply(0, bigStream());
        const auto client = fixture.ask(true, {}, Reading::OnDemand);
        for (int i = 0; i < 3; ++i) {
            QTRY_VERIFY(client->pending() > Attempt::highWatermark);
            fixture.relay->checkLimits();
            fixture.advance(relay::RelaySession::stalledReaderLimit - 1s);
            QVERIFY(!client->aborted);
            client->take(client->pending());
            fixture.relay->checkLimits();
        }
        QVERIFY(!client->aborted);
    }

    void passesOnAllOfAStreamThatIsThereAtOnce()
    {
        RelayFixture fixture({{"p"}});
        fixture.letReply(0, fixture.replies(0).answer(true, QByteArrayList(2'000, "word ")));
        const auto client = fixture.ask(true);
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), QByteArray("word ").repeated(2'000));
    }

    void readsAStreamInSingleBytes()
    {
        RelayFixture fixture({{"p", Wire::AnthropicMessages}});
        FakeReply reply = fixture.replies(0).answer(true, {"Hello ", "world"});
        reply.oneByteWrites = true;
        fixture.letReply(0, reply);
        const auto client = fixture.ask(true);
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "Hello world"_ba);
    }

private:
    /// Whether the stream moves no more: the upstream's bytes and the client's stay as they are
    /// over many turns of the event loop.
    static bool isQuiet(RelayFixture &fixture, const FakeDownstream &client)
    {
        int quietTurns = 0;
        for (int turn = 0; turn < 10'000 && quietTurns < 200; ++turn) {
            const qint64 taken = fixture.upstream(0).request(0).bytesTaken;
            const qsizetype size = client.body.size();
            QCoreApplication::processEvents();
            const bool moved = taken != fixture.upstream(0).request(0).bytesTaken
                || size != client.body.size();
            quietTurns = moved ? 0 : quietTurns + 1;
        }
        return quietTurns >= 200;
    }
};

QTEST_GUILESS_MAIN(TestRelayStreams)
#include "tst_relay_streams.moc"
