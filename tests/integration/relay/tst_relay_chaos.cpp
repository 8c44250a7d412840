#include "tests/integration/relay/relay_fixture.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using catalog::Wire;
using upstream::Chaos;
using upstream::ChaosRule;
using upstream::Fault;

namespace {

/// Turns the event loop without a pause: there are many rows, and each has some ticks.
void waitFor(const RelayFixture &fixture, const FakeDownstream &client)
{
    const QDeadlineTimer limit(5s);
    while (!client.finished && !limit.hasExpired()) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
        if (fixture.chaosClient != nullptr) {
            fixture.chaosClient->tick();
        }
    }
}

/// The first of two providers plays a fault in each of its calls.
struct Played
{
    explicit Played(Fault fault, Wire wire = Wire::OpenAiChat, std::uint64_t seed = 1)
        : chaos({true, {ChaosRule{"first", fault, 1, seed}}})
        , fixture({{"first", wire}, {"second"}}, &chaos)
    {
        fixture.letAnswer(0);
        fixture.letAnswer(1);
    }

    /// Asks, and waits for the end of the answer.
    RelayFixture::Downstream answer(bool stream)
    {
        auto client = fixture.ask(stream);
        waitFor(fixture, *client);
        return client;
    }

    [[nodiscard]] const relay::AttemptRecord &firstAttempt() const
    {
        return fixture.outcomes.list.front().attempts.front();
    }

    Chaos chaos;
    RelayFixture fixture;
};

/// A fault that hides behind the next provider, and the same in truth.
struct Pair
{
    const char *name;
    Fault fault;
    std::function<FakeReply(const ProviderReplies &, bool stream)> truth;
};

std::vector<Pair> pairs()
{
    const auto broken = [](FakeFault fault, int place) {
        return [fault, place](const ProviderReplies &replies, bool stream) {
            return replies.answer(stream, {"Hello "}).withFault(fault, place);
        };
    };
    const auto error = [](int status, const QByteArray &words) {
        return [status, words](const ProviderReplies &replies, bool) {
            return replies.error(status, words);
        };
    };
    return {
        {"reset", Fault::Reset, broken(FakeFault::Reset, FakeReply::beforeHead)},
        {"garbage",
         Fault::Garbage,
         [](const ProviderReplies &, bool) {
             return FakeReply::html("<html>sign in</html>", 200);
         }},
        {"429-minute", Fault::MinuteLimit, error(429, "Rate limit of requests per minute")},
        {"429-tokens", Fault::TokenLimit, error(429, "Rate limit of tokens per minute")},
        {"429-day", Fault::DayLimit, error(429, "Rate limit of requests per day")},
        {"429-credit", Fault::NoCredit, error(402, "insufficient balance")},
        {"500", Fault::ServerError, error(500, "words")},
        {"503", Fault::Overloaded, error(503, "words")},
        {"504", Fault::GatewayTimeout, error(504, "words")},
    };
}

} // namespace

/// Faults that are played count as what they imitate, and no more is asked of the relay.
class TestRelayChaos final : public QObject
{
    Q_OBJECT

private:
    /// How the first attempt at `first` went in truth.
    static relay::AttemptRecord truth(const Pair &pair, Wire wire, bool stream)
    {
        RelayFixture fixture({{"first", wire}, {"second"}});
        fixture.letReply(0, pair.truth(fixture.replies(0), stream));
        fixture.letAnswer(1);
        const auto client = fixture.ask(stream);
        waitFor(fixture, *client);
        return fixture.outcomes.list.front().attempts.front();
    }

private Q_SLOTS:
    void countsAsWhatItImitates_data()
    {
        QTest::addColumn<int>("pair");
        QTest::addColumn<int>("wire");
        QTest::addColumn<bool>("stream");
        const std::pair<Wire, const char *> wires[]{
            {Wire::OpenAiChat, "OpenAI"},
            {Wire::AnthropicMessages, "Anthropic"},
            {Wire::GoogleGenerateContent, "Gemini"}};
        for (const auto &[wire, name] : wires) {
            for (int i = 0; i < int(pairs().size()); ++i) {
                for (const bool stream : {false, true}) {
                    QTest::addRow(
                        "%s, %s%s", pairs().at(std::size_t(i)).name, name, stream ? ", stream" : "")
                        << i << int(wire) << stream;
                }
            }
        }
    }

    void countsAsWhatItImitates()
    {
        QFETCH(int, pair);
        QFETCH(int, wire);
        QFETCH(bool, stream);
        const Pair one = pairs().at(std::size_t(pair));
        Played played(one.fault, Wire(wire));
        const auto client = played.answer(stream);
        QVERIFY(client->finished);
        QCOMPARE(client->status, 200);
        QCOMPARE(client->heads, 1);
        QCOMPARE(textIn(client->body), "Hello from second"_ba);
        QCOMPARE(played.fixture.upstream(0).requestCount(), 0);
        const relay::AttemptRecord told = truth(one, Wire(wire), stream);
        QVERIFY(!told.failure.isEmpty());
        QCOMPARE(played.firstAttempt().failure, told.failure);
        if (one.fault != Fault::NoCredit) { // said under another status on each wire
            QCOMPARE(played.firstAttempt().status, told.status);
        }
        QCOMPARE(played.chaos.playedInAll(), 1u);
    }

    void nobodyIsThere_data()
    {
        QTest::addColumn<Fault>("fault");
        QTest::newRow("dns") << Fault::Dns;
        QTest::newRow("refused") << Fault::Refused;
    }

    /// As tst_relay_failover has it for a closed port.
    void nobodyIsThere()
    {
        QFETCH(Fault, fault);
        Played played(fault);
        const auto client = played.fixture.ask(true);
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "Hello from second"_ba);
        QCOMPARE(played.firstAttempt().failure, "network"_ba);
        QCOMPARE(played.firstAttempt().status, 0);
    }

    void theDayIsOverForTheProvider()
    {
        Played played(Fault::DayLimit);
        for (int i = 0; i < 2; ++i) {
            const auto client = played.fixture.ask(false);
            QTRY_VERIFY(client->finished);
        }
        QCOMPARE(played.chaos.playedInAll(), 1u); // nobody goes there again
        const auto rests = played.fixture.coolDowns.active(played.fixture.clock.now());
        QCOMPARE(rests.size(), std::size_t(1));
        QVERIFY(rests.front().until - played.fixture.clock.now() > 20h);
    }

    void silenceEndsWithTheLimitOfTheCall_data()
    {
        QTest::addColumn<bool>("stream");
        QTest::addColumn<int>("seconds");
        QTest::newRow("whole") << false << 180;
        QTest::newRow("stream") << true << 90;
    }

    /// The limits of TestRelayFailover::goesOnWhenNothingComes().
    void silenceEndsWithTheLimitOfTheCall()
    {
        QFETCH(bool, stream);
        QFETCH(int, seconds);
        Played played(Fault::Silent);
        const auto client = played.fixture.ask(stream);
        played.fixture.advance(std::chrono::seconds(seconds) - 1ms);
        QCOMPARE(played.fixture.outcomes.list.size(), std::size_t(0));
        played.fixture.advance(2ms);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->headers.value("x-freerelay-provider"), "second"_ba);
        QCOMPARE(played.firstAttempt().failure, "timeout"_ba);
    }

    void breaksOffWithinTheAnswer_data()
    {
        QTest::addColumn<Fault>("fault");
        QTest::addColumn<int>("wire");
        QTest::addColumn<bool>("stream");
        QTest::addColumn<QByteArray>("failure");
        for (const auto &[wire, name] :
             {std::pair(Wire::OpenAiChat, "OpenAI"),
              std::pair(Wire::AnthropicMessages, "Anthropic"),
              std::pair(Wire::GoogleGenerateContent, "Gemini")}) {
            for (const bool stream : {false, true}) {
                const auto add = [&, stream, wire = wire, name = name](
                                     const char *word, Fault fault, const char *failure) {
                    QTest::addRow("%s, %s%s", word, name, stream ? ", stream" : "")
                        << fault << int(wire) << stream << QByteArray(failure);
                };
                add("cut", Fault::Cut, "network");
                add("stall", Fault::Stall, "timeout");
                add("garble", Fault::Garble, "malformed");
            }
        }
    }

    /// Whether before the first content or behind it: the client has one whole answer, and the
    /// first attempt failed as it does when a provider breaks off (tst_relay_streams).
    void breaksOffWithinTheAnswer()
    {
        QFETCH(Fault, fault);
        QFETCH(int, wire);
        QFETCH(bool, stream);
        QFETCH(QByteArray, failure);
        for (std::uint64_t seed = 0; seed < 6; ++seed) {
            Played played(fault, Wire(wire), seed);
            played.fixture.configure(
                [](relay::RelayConfig &config) { config.continueStreams = true; });
            const QByteArrayList words{"one ", "two ", "three ", "four ", "five ", "six ", "seven"};
            played.fixture.letReply(0, played.fixture.replies(0).answer(stream, words));
            const auto client = played.fixture.ask(stream);
            while (played.chaos.playedInAll() == 0) {
                QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
            }
            if (fault == Fault::Stall) {
                played.fixture.advance(200s);
            }
            waitFor(played.fixture, *client);
            QVERIFY(client->finished);
            QCOMPARE(client->status, 200);
            QVERIFY(!played.fixture.outcomes.list.front().brokenStream);
            QVERIFY(textIn(client->body).endsWith("second"));
            QCOMPARE(played.firstAttempt().failure, failure);
            QCOMPARE(played.fixture.upstream(0).requestCount(), 1);
            QCOMPARE(played.fixture.client->callsInFlight(), 0);
        }
    }

    void latencyOnlyComesLate()
    {
        Played played(Fault::Latency);
        const auto client = played.fixture.ask(true);
        played.fixture.advance(499ms);
        QCOMPARE(played.fixture.client->callsInFlight(), 0);
        played.fixture.advance(2'502ms);
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "Hello from first"_ba);
        QVERIFY(played.firstAttempt().failure.isEmpty());
        QVERIFY(*played.firstAttempt().ttft >= 500ms);
    }

    void slownessChangesNothingElse_data()
    {
        QTest::addColumn<bool>("stream");
        QTest::newRow("whole") << false;
        QTest::newRow("stream") << true;
    }

    void slownessChangesNothingElse()
    {
        QFETCH(bool, stream);
        Played played(Fault::Slow);
        const auto client = played.fixture.ask(stream);
        QTRY_COMPARE(played.chaos.playedInAll(), 1u);
        for (int i = 0; i < 1'000 && !client->finished; ++i) {
            QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
            played.fixture.advance(100ms);
        }
        QVERIFY(client->finished);
        QCOMPARE(textIn(client->body), "Hello from first"_ba);
        QVERIFY(played.firstAttempt().failure.isEmpty());
        QVERIFY(played.firstAttempt().duration >= 500ms);
    }

    void aClientThatLeavesEndsWhatIsPlayed_data()
    {
        QTest::addColumn<Fault>("fault");
        for (const upstream::FaultWords &words : upstream::allFaults()) {
            QTest::newRow(words.name.constData()) << words.fault;
        }
    }

    void aClientThatLeavesEndsWhatIsPlayed()
    {
        QFETCH(Fault, fault);
        Played played(fault);
        const auto client = played.fixture.ask(true);
        client->leave();
        QTRY_COMPARE(played.fixture.outcomes.list.size(), std::size_t(1));
        QCOMPARE(played.fixture.outcomes.list.front().status, relay::Outcome::clientLeft);
        QTRY_COMPARE(played.fixture.relay->sessionsInFlight(), 0);
        played.fixture.advance(10s);
        QTRY_COMPARE(played.fixture.upstream(0).openConnections(), 0);
    }

    void theRulesCanChangeAtAnyTime()
    {
        Played played(Fault::ServerError);
        played.chaos.setRules({false, {ChaosRule{"first", Fault::ServerError, 1, 1}}});
        auto client = played.fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "Hello from first"_ba);
        QCOMPARE(played.chaos.playedInAll(), 0u);
        played.chaos.setRules({true, {ChaosRule{{}, Fault::ServerError, 1, 1}}});
        client = played.fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 503);
        QVERIFY(client->body.contains("(chaos)"));
        QCOMPARE(played.chaos.playedInAll(), 2u);
    }

    /// Two runs of the same requests meet the same faults.
    void playsTheSameAgain()
    {
        std::vector<QByteArrayList> runs;
        for (int run = 0; run < 2; ++run) {
            Chaos chaos({true, {ChaosRule{{}, Fault::Reset, 0.4, 7}}});
            RelayFixture fixture({{"first"}, {"second"}}, &chaos);
            fixture.letAnswer(0);
            fixture.letAnswer(1);
            QByteArrayList told;
            for (int i = 0; i < 20; ++i) {
                const auto client = fixture.ask(false);
                waitFor(fixture, *client);
                for (const relay::AttemptRecord &one : fixture.outcomes.list.back().attempts) {
                    told.append(one.provider + ' ' + one.failure);
                }
                fixture.advance(1min);
            }
            runs.push_back(told);
        }
        QCOMPARE(runs.front(), runs.back());
        QVERIFY(runs.front().contains("first network"_ba));
    }
};

QTEST_GUILESS_MAIN(TestRelayChaos)
#include "tst_relay_chaos.moc"
