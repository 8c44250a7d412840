#include "tests/integration/relay/relay_fixture.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using catalog::Tier;

namespace {

const QByteArray plain = R"({"messages":[{"role":"user","content":"Hi"}],"stream":true})";

/// "a": the best provider, whose answers are known to begin at once; "b" (a second provider unless
/// told otherwise): the next one.
struct Pair
{
    explicit Pair(const ProviderSpec &second = {"b"})
        : fixture({{"a"}, second})
    {
        fixture.letAnswer(0);
        fixture.letAnswer(1);
        fixture.configure([](relay::RelayConfig &config) { config.hedging = true; });
    }

    bool askTimes(int times, const QByteArray &model)
    {
        for (int i = 0; i < times; ++i) {
            const auto client = fixture.ask(true, model);
            // qWaitFor() would look only every ten milliseconds.
            for (const QDeadlineTimer limit(5s); !client->finished;) {
                QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
                if (limit.hasExpired()) {
                    return false;
                }
            }
        }
        return true;
    }

    /// So many answers of "a", and of "b"; 33 of them and the late request pay for one hedge.
    bool warmUp(int answers = 33, int ofB = 0)
    {
        const bool isDone = askTimes(answers, {}) && askTimes(ofB, "b/m-1");
        fixture.outcomes.list.clear();
        firstLate = fixture.upstream(0).requestCount();
        return isDone && fixture.upstream(1).requestCount() == ofB;
    }

    /// From now on "a" keeps its answers until it is released.
    void holdA()
    {
        const ProviderReplies replies = fixture.replies(0);
        fixture.upstream(0).setHandler([replies](const FakeRequest &request) {
            const bool stream = request.body.contains(R"("stream":true)");
            return replies.answer(stream, {"Hello ", "from ", "a"}).heldFrom(0);
        });
    }

    /// A request that "a" has and does not answer, at the time at which it is overdue.
    RelayFixture::Downstream askLate(const QByteArray &body = plain)
    {
        const auto client = fixture.send(body);
        if (QTest::qWaitFor(
                [this] { return fixture.upstream(0).requestCount() == firstLate + 1; })) {
            fixture.advance(1s);
        }
        return client;
    }

    RelayFixture fixture;
    int firstLate = 0;
};

} // namespace

/// A second provider is asked when the first is late, and whoever begins first answers.
class TestRelayHedging final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSecondOneAnswersWhenTheFirstIsLate()
    {
        Pair pair;
        QVERIFY(pair.warmUp());
        pair.holdA();
        const auto client = pair.askLate();
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "Hello from b"_ba);
        QCOMPARE(client->headers.value("x-freerelay-provider"), "b"_ba);
        QTRY_VERIFY(pair.fixture.upstream(0).request(pair.firstLate).clientClosedEarly);

        QTRY_COMPARE(pair.fixture.outcomes.list.size(), std::size_t(1));
        const relay::Outcome &outcome = pair.fixture.outcomes.list.front();
        QCOMPARE(outcome.provider, "b"_ba);
        QCOMPARE(outcome.attempts.size(), std::size_t(2));
        QCOMPARE(outcome.attempts.front().failure, "cancelled_by_hedge"_ba);
        QCOMPARE(outcome.attempts.back().failure, ""_ba);
        QCOMPARE(outcome.retryCause, "cancelled_by_hedge"_ba);
        QCOMPARE(outcome.hedge, relay::Hedge::Second);
        // Being late is no failure, and what was asked is counted.
        QVERIFY(!pair.fixture.coolDowns.isAnyActive(pair.fixture.clock.now()));
        QCOMPARE(pair.fixture.quota.counts().open, std::uint64_t(0));
        QCOMPARE(pair.fixture.health.counts().begun, pair.fixture.health.counts().ended);
    }

    void theFirstOneMayStillBeFaster()
    {
        Pair pair;
        QVERIFY(pair.warmUp());
        pair.holdA();
        pair.fixture.letReply(1, pair.fixture.replies(1).answer(true, {"no"}).heldFrom(0));
        const auto client = pair.askLate();
        QTRY_COMPARE(pair.fixture.upstream(1).requestCount(), 1);
        pair.fixture.upstream(0).releaseAll();
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "Hello from a"_ba);
        QCOMPARE(client->headers.value("x-freerelay-provider"), "a"_ba);
        QTRY_VERIFY(pair.fixture.upstream(1).request(0).clientClosedEarly);
        QTRY_COMPARE(pair.fixture.outcomes.list.size(), std::size_t(1));
        QCOMPARE(pair.fixture.outcomes.list.front().provider, "a"_ba);
        QCOMPARE(pair.fixture.outcomes.list.front().hedge, relay::Hedge::First);
        QCOMPARE(
            pair.fixture.outcomes.list.front().attempts.back().failure, "cancelled_by_hedge"_ba);
    }

    void aFailureOfOneLeavesTheOther_data()
    {
        QTest::addColumn<bool>("firstFails");
        QTest::newRow("the late one") << true;
        QTest::newRow("the second one") << false;
    }

    void aFailureOfOneLeavesTheOther()
    {
        QFETCH(bool, firstFails);
        Pair pair;
        QVERIFY(pair.warmUp());
        const FakeReply trouble = pair.fixture.replies(0).error(500, "trouble");
        FakeReply lateTrouble = trouble;
        lateTrouble.headHeld = true;
        pair.holdA();
        if (firstFails) {
            pair.fixture.letReply(0, lateTrouble);
            pair.fixture.letReply(
                1, pair.fixture.replies(1).answer(true, {"Hello ", "from b"}).heldFrom(0));
        } else {
            pair.fixture.letReply(1, trouble);
        }
        const auto client = pair.askLate();
        QTRY_COMPARE(pair.fixture.upstream(1).requestCount(), 1);
        // The failure has come before the other one goes on: it is no cancelled attempt.
        const auto hasFailed = [&pair] {
            return pair.fixture.coolDowns.isAnyActive(pair.fixture.clock.now());
        };
        QVERIFY(firstFails || QTest::qWaitFor(hasFailed));
        pair.fixture.upstream(0).releaseAll();
        QVERIFY(QTest::qWaitFor(
            [&] { return pair.fixture.upstream(0).request(pair.firstLate).finished; }));
        pair.fixture.upstream(1).releaseAll();
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), firstFails ? "Hello from b"_ba : "Hello from a"_ba);
        QCOMPARE(pair.fixture.upstream(1).requestCount(), 1);
        QTRY_COMPARE(pair.fixture.outcomes.list.size(), std::size_t(1));
        const auto &attempts = pair.fixture.outcomes.list.front().attempts;
        QCOMPARE(attempts.size(), std::size_t(2));
        QCOMPARE(attempts[firstFails ? 0 : 1].failure, "overloaded"_ba);
        QCOMPARE(attempts[firstFails ? 1 : 0].failure, ""_ba);
    }

    void bothAreCancelledWhenTheClientLeaves()
    {
        Pair pair;
        QVERIFY(pair.warmUp());
        pair.holdA();
        pair.fixture.letReply(1, pair.fixture.replies(1).answer(true, {"no"}).heldFrom(0));
        const auto client = pair.askLate();
        QTRY_COMPARE(pair.fixture.upstream(1).requestCount(), 1);
        client->leave();
        QTRY_VERIFY(pair.fixture.upstream(0).request(pair.firstLate).clientClosedEarly);
        QTRY_VERIFY(pair.fixture.upstream(1).request(0).clientClosedEarly);
        QTRY_COMPARE(pair.fixture.relay->sessionsInFlight(), 0);
        QCOMPARE(pair.fixture.outcomes.list.back().errorClass, "client_left"_ba);
    }

    void nobodyElseIsAsked_data()
    {
        QTest::addColumn<ProviderSpec>("second");
        QTest::addColumn<int>("answers");
        QTest::addColumn<int>("ofB");
        QTest::addColumn<bool>("on");
        QTest::addColumn<QByteArray>("body");
        const ProviderSpec other{"b"};
        ProviderSpec paid = other;
        paid.tier = Tier::Paid;
        QTest::newRow("control") << other << 33 << 0 << true << plain;
        QTest::newRow("switched off") << other << 33 << 0 << false << plain;
        QTest::newRow("too few times are known") << other << 19 << 20 << true << plain;
        QTest::newRow("the budget is spent") << other << 32 << 0 << true << plain;
        QTest::newRow("the other one costs money") << paid << 33 << 0 << true << plain;
        QTest::newRow("not streamed")
            << other << 33 << 0 << true << R"({"messages":[{"role":"user","content":"Hi"}]})"_ba;
        QTest::newRow("with tools")
            << other << 33 << 0 << true
            << R"({"messages":[{"role":"user","content":"Hi"}],"stream":true,"tools":[{"type":)"
               R"("function","function":{"name":"f","parameters":{"type":"object"}}}]})"_ba;
    }

    void nobodyElseIsAsked()
    {
        QFETCH(ProviderSpec, second);
        QFETCH(int, answers);
        QFETCH(int, ofB);
        QFETCH(bool, on);
        QFETCH(QByteArray, body);
        Pair pair(second);
        QVERIFY(pair.warmUp(answers, ofB));
        pair.holdA();
        pair.fixture.configure([on](relay::RelayConfig &config) { config.hedging = on; });
        const auto client = pair.askLate(body);
        const bool isControl = QByteArray(QTest::currentDataTag()) == "control";
        QCOMPARE(pair.fixture.relay->sessionsInFlight(), 1);
        if (isControl) {
            QTRY_COMPARE(pair.fixture.upstream(1).requestCount(), 1);
        }
        pair.fixture.upstream(0).releaseAll();
        QTRY_VERIFY(client->isOver());
        QCOMPARE(pair.fixture.upstream(1).requestCount(), isControl ? 1 : ofB);
    }

    void nobodyElseIsAskedInABrownout()
    {
        Pair pair;
        QVERIFY(pair.warmUp());
        pair.holdA();
        pair.fixture.health.setBrownout(true);
        const auto client = pair.askLate();
        pair.fixture.upstream(0).releaseAll();
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "Hello from a"_ba);
        QCOMPARE(pair.fixture.upstream(1).requestCount(), 0);
    }

    void thePreciseAreHedgedInABrownout()
    {
        Pair pair;
        QVERIFY(pair.warmUp());
        pair.holdA();
        pair.fixture.health.setBrownout(true);
        pair.fixture.isPrecise = true;
        const auto client = pair.askLate();
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "Hello from b"_ba);
    }

    void whoIsInNoHurryIsNotHedged()
    {
        Pair pair;
        QVERIFY(pair.warmUp());
        pair.holdA();
        pair.fixture.latency = relay::LatencyClass::Async;
        const auto client = pair.askLate();
        QCOMPARE(pair.fixture.relay->sessionsInFlight(), 1);
        pair.fixture.upstream(0).releaseAll();
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "Hello from a"_ba);
        QCOMPARE(pair.fixture.upstream(1).requestCount(), 0);
    }

    void onlySpareQuotaIsUsed()
    {
        ProviderSpec scarce{"b"};
        scarce.limits.requestsPerMinute = 4;
        Pair pair(scarce);
        QVERIFY(pair.warmUp());
        QVERIFY(pair.askTimes(3, "b/m-1")); // one of four is left: a quarter, not more
        pair.holdA();
        const auto client = pair.askLate();
        pair.fixture.upstream(0).releaseAll();
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "Hello from a"_ba);
        QCOMPARE(pair.fixture.upstream(1).requestCount(), 3);
    }

    void thePriceIsPaidOnce()
    {
        Pair pair;
        QVERIFY(pair.warmUp());
        pair.holdA();
        const auto hedged = pair.askLate();
        QTRY_VERIFY(hedged->finished);
        QCOMPARE(pair.fixture.upstream(1).requestCount(), 1);
        pair.firstLate = pair.fixture.upstream(0).requestCount();
        const auto client = pair.askLate();
        pair.fixture.upstream(0).releaseAll();
        QTRY_VERIFY(client->finished);
        QCOMPARE(pair.fixture.upstream(1).requestCount(), 1);
    }
};

QTEST_GUILESS_MAIN(TestRelayHedging)
#include "tst_relay_hedging.moc"
