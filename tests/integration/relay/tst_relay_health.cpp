#include "core/relay/circuits.h"
#include "tests/integration/relay/relay_fixture.h"
#include "tests/support/sample_catalog.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using catalog::Tier;
using catalog::Wire;
using health::CircuitState;

namespace {

/// After a failure nobody is asked again at once.
constexpr auto moment = 1s;

/// "a": the best provider; "b": the next one, which is well.
struct Pair
{
    Pair()
        : fixture({{"a"}, {"b"}})
    {
        fixture.letAnswer(0);
        fixture.letAnswer(1);
    }

    /// From now on "a" resets every connection.
    void breakA()
    {
        const FakeReply reset = FakeReply::json("{}").withFault(
            FakeFault::Reset, FakeReply::beforeHead);
        fixture.upstream(0).setHandler([reset](const FakeRequest &) { return reset; });
    }

    QByteArray answerer(bool stream = false)
    {
        const auto client = fixture.ask(stream);
        return QTest::qWaitFor([&] { return client->finished; })
            ? client->headers.value("x-freerelay-provider")
            : "no answer"_ba;
    }

    /// Asks until "a" is not asked any more, each time a moment later; how often it was.
    int askUntilOpen()
    {
        const int before = fixture.upstream(0).requestCount();
        for (int i = 0; i < 8; ++i) {
            (void)answerer();
            fixture.advance(moment);
        }
        return fixture.upstream(0).requestCount() - before;
    }

    CircuitState stateOfA()
    {
        for (const health::TargetView &target : fixture.health.view().targets) {
            if (target.provider == "a") {
                return target.state;
            }
        }
        return CircuitState::Closed;
    }

    /// No failure is known, and nothing is under way.
    bool isUntouched()
    {
        const auto targets = fixture.health.view().targets;
        return fixture.health.counts().begun == fixture.health.counts().ended
            && std::all_of(targets.begin(), targets.end(), [](const health::TargetView &target) {
                   return target.state == CircuitState::Closed && target.failureRate == 0
                       && target.inFlight == 0;
               });
    }

    RelayFixture fixture;
};

} // namespace

/// What fails is asked last, probed, and asked again when it is well.
class TestRelayHealth final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aModelThatIsUsuallyFastIsNotWaitedForLong_data()
    {
        QTest::addColumn<int>("knownAnswers");
        QTest::newRow("its pace is known") << 20;
        QTest::newRow("too few answers are known") << 19;
    }

    void aModelThatIsUsuallyFastIsNotWaitedForLong()
    {
        QFETCH(int, knownAnswers);
        Pair pair;
        for (int i = 0; i < knownAnswers; ++i) {
            QCOMPARE(pair.answerer(true), "a"_ba);
        }
        pair.fixture.letReply(
            0, pair.fixture.replies(0).answer(true, {"Hello ", "from ", "a"}).heldFrom(0));
        const auto client = pair.fixture.ask(true);
        QTRY_COMPARE(pair.fixture.upstream(0).requestCount(), knownAnswers + 1);
        pair.fixture.advance(15s);
        QCOMPARE(pair.fixture.relay->sessionsInFlight(), 1);
        QCOMPARE(pair.fixture.upstream(1).requestCount(), 0);
        pair.fixture.advance(1ms);
        if (knownAnswers < 20) {
            pair.fixture.upstream(0).releaseAll();
        }
        QTRY_VERIFY(client->finished);
        QCOMPARE(
            client->headers.value("x-freerelay-provider"), knownAnswers < 20 ? "a"_ba : "b"_ba);
    }

    void aProviderThatFailsIsAskedNoMoreAndComesBack()
    {
        Pair pair;
        pair.breakA();
        QCOMPARE(pair.askUntilOpen(), 5); // the minimum of calls
        QCOMPARE(pair.stateOfA(), CircuitState::Open);
        const auto candidates = pair.fixture.outcomes.list.back().decision->candidates->spellOut();
        QCOMPARE(candidates.front().model, "b/m-1"_ba);
        QCOMPARE(candidates.back().model, "a/m-1"_ba);
        // It opened when the fifth failed: so many moments ago.
        const auto left = 30s - 4 * moment;
        QCOMPARE(*candidates.back().restsUntil, pair.fixture.clock.wallNow() + left);

        pair.fixture.advance(left - 1ms);
        QCOMPARE(pair.answerer(), "b"_ba);
        QCOMPARE(pair.fixture.upstream(0).requestCount(), 5);
        pair.fixture.advance(1ms); // one probe, which fails
        QCOMPARE(pair.askUntilOpen(), 1);
        QCOMPARE(pair.stateOfA(), CircuitState::Open);

        pair.fixture.letAnswer(0);
        pair.fixture.advance(60s);
        QCOMPARE(pair.answerer(), "a"_ba);
        QCOMPARE(pair.answerer(), "a"_ba);
        QCOMPARE(pair.stateOfA(), CircuitState::Closed);
        QVERIFY(!pair.fixture.health.isAnyUnwell());
    }

    void oneRequestProbesWhileTheOthersGoElsewhere()
    {
        Pair pair;
        pair.breakA();
        (void)pair.askUntilOpen();
        pair.fixture.upstream(0).setHandler([&pair](const FakeRequest &) {
            return pair.fixture.replies(0).answer(true, {"Hello ", "from ", "a"}).heldFrom(1);
        });
        pair.fixture.advance(30s);
        const int before = pair.fixture.upstream(0).requestCount();
        std::vector<RelayFixture::Downstream> clients;
        for (int i = 0; i < 5; ++i) {
            clients.push_back(pair.fixture.ask(true));
        }
        QTRY_COMPARE(pair.fixture.outcomes.list.size(), std::size_t(8 + 4));
        QCOMPARE(pair.fixture.upstream(0).requestCount(), before + 1);
        QCOMPARE(pair.stateOfA(), CircuitState::HalfOpen); // not before the end of the stream
        pair.fixture.upstream(0).releaseAll();
        QTRY_VERIFY(std::all_of(
            clients.begin(), clients.end(), [](const auto &client) { return client->finished; }));
        QCOMPARE(pair.answerer(true), "a"_ba);
        QCOMPARE(pair.stateOfA(), CircuitState::Closed);
    }

    void theOnlyProviderIsAlwaysAsked()
    {
        RelayFixture fixture({{"a"}});
        const FakeReply reset = FakeReply::json("{}").withFault(
            FakeFault::Reset, FakeReply::beforeHead);
        fixture.upstream(0).setHandler([reset](const FakeRequest &) { return reset; });
        for (int i = 1; i <= 8; ++i) {
            const auto client = fixture.ask(false);
            QTRY_VERIFY(client->finished);
            QCOMPARE(client->status, 503);
            QCOMPARE(fixture.upstream(0).requestCount(), i);
            QCOMPARE(client->headers.value("retry-after"), "1"_ba); // it would be asked
        }
        fixture.letAnswer(0);
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 200);
    }

    void quotasCountForNothing()
    {
        Pair pair;
        pair.fixture.upstream(0).setHandler([&pair](const FakeRequest &) {
            return pair.fixture.replies(0).error(429, "slow down").withHeader("retry-after", "1");
        });
        for (int i = 0; i < 8; ++i) {
            QCOMPARE(pair.answerer(), "b"_ba);
            pair.fixture.advance(2s);
        }
        QVERIFY(pair.fixture.upstream(0).requestCount() > 1);
        QVERIFY(pair.isUntouched());
    }

    void clientsThatLeaveCountForNothing()
    {
        Pair pair;
        pair.fixture.upstream(0).setHandler([&pair](const FakeRequest &) {
            return pair.fixture.replies(0).answer(true, {"Hello ", "from ", "a"}).heldFrom(1);
        });
        for (int i = 0; i < 8; ++i) {
            const int before = pair.fixture.upstream(0).requestCount();
            const auto client = pair.fixture.ask(true);
            QTRY_VERIFY(pair.fixture.upstream(0).requestCount() > before);
            client->leave();
            QTRY_COMPARE(pair.fixture.relay->sessionsInFlight(), 0);
        }
        QVERIFY(pair.isUntouched());
    }

    void aStreamThatBreaksOffIsAFailure()
    {
        Pair pair;
        pair.fixture.upstream(0).setHandler([&pair](const FakeRequest &) {
            return pair.fixture.replies(0)
                .answer(true, {"Hello ", "from ", "a"})
                .withFault(FakeFault::Reset, 2);
        });
        for (int i = 0; i < 5; ++i) {
            (void)pair.answerer(true);
            pair.fixture.advance(moment);
        }
        QCOMPARE(pair.stateOfA(), CircuitState::Open);
    }

    void aBrokenFeatureGoesElsewhere()
    {
        Pair pair;
        QCOMPARE(pair.answerer(), "a"_ba);
        QCOMPARE(pair.answerer(), "a"_ba);
        pair.fixture.upstream(0).setHandler([&pair](const FakeRequest &request) {
            const FakeReply answer = pair.fixture.replies(0).answer(
                request.body.contains(R"("stream":true)"), {"Hello ", "from ", "a"});
            return request.body.contains(R"("stream":true)")
                ? answer.withFault(FakeFault::Reset, FakeReply::beforeHead)
                : answer;
        });
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(pair.answerer(true), "b"_ba);
            pair.fixture.advance(moment);
        }
        const int before = pair.fixture.upstream(0).requestCount();
        QCOMPARE(pair.answerer(true), "b"_ba);
        QCOMPARE(pair.fixture.upstream(0).requestCount(), before);
        QCOMPARE(pair.answerer(), "a"_ba);
        const auto circuits = relay::openCircuits(pair.fixture.health);
        QCOMPARE(circuits.size(), std::size_t(1));
        QCOMPARE(circuits.front().state, "degraded"_ba);
        QCOMPARE(circuits.front().feature, "stream"_ba);
    }

    void moreThanItBearsGoesElsewhere_data()
    {
        QTest::addColumn<int>("secondTier");
        QTest::addColumn<int>("first");
        QTest::newRow("another free one") << int(Tier::Free) << 4;
        QTest::newRow("never to one that costs money") << int(Tier::Paid) << 6;
    }

    void moreThanItBearsGoesElsewhere()
    {
        QFETCH(int, secondTier);
        QFETCH(int, first);
        RelayFixture fixture({{"a"}, {"b", Wire::OpenAiChat, 1, 1, Tier(secondTier)}});
        for (int i = 0; i < 2; ++i) {
            fixture.upstream(i).setHandler([&fixture, i](const FakeRequest &) {
                FakeReply reply = fixture.replies(i).answer(false, {"Hello"});
                reply.headHeld = true;
                return reply;
            });
        }
        std::vector<RelayFixture::Downstream> clients;
        for (int i = 0; i < 6; ++i) {
            clients.push_back(fixture.ask(false));
        }
        QTRY_COMPARE(fixture.upstream(0).requestCount(), first);
        QTRY_COMPARE(fixture.upstream(1).requestCount(), 6 - first);
        fixture.upstream(0).releaseAll();
        fixture.upstream(1).releaseAll();
        QTRY_VERIFY(std::all_of(clients.begin(), clients.end(), [](const auto &client) {
            return client->finished && client->status == 200;
        }));
    }

    void eachStateOfAModelIsToldOnce()
    {
        RelayFixture fixture({{"a"}});
        const catalog::Provider provider = aProvider("a");
        const catalog::Model model = aModel("a/m-1");
        const auto call =
            [&](const QByteArray &key, const health::CallShape &shape, bool answered) {
                auto admitted = fixture.health.admit(
                    {provider, model, key}, shape, health::Need::LastResort);
                auto &ticket = std::get<health::CallTicket>(admitted);
                answered ? ticket.succeeded({}) : ticket.failed(health::CallFailure::Network);
            };
        for (const char *key : {"one", "two"}) {
            for (int i = 0; i < 5; ++i) {
                call(key, {}, false);
            }
        }
        const health::CallShape streamed{true, false, false, 100};
        const health::CallShape withTools{false, true, false, 100};
        call("three", {}, true);
        call("three", {}, true);
        for (const health::CallShape &broken : {streamed, withTools}) {
            for (int i = 0; i < 3; ++i) {
                call("three", broken, false);
            }
        }
        QStringList told; // (the answers have closed the provider: its models are tried again)
        for (const relay::OpenCircuit &circuit : relay::openCircuits(fixture.health)) {
            QCOMPARE(circuit.provider, "a"_ba);
            QCOMPARE(circuit.retryAfter.has_value(), circuit.state == "open");
            told << QString::fromLatin1(
                circuit.model + ' ' + circuit.state + ' ' + circuit.feature);
        }
        told.sort();
        QCOMPARE(
            told,
            (QStringList{
                u"a/m-1 degraded stream"_s, u"a/m-1 degraded tools"_s, u"a/m-1 half_open "_s}));
    }

    void openCircuitsAreTold()
    {
        Pair pair;
        QVERIFY(relay::openCircuits(pair.fixture.health).empty());
        pair.breakA();
        (void)pair.askUntilOpen();
        const auto circuits = relay::openCircuits(pair.fixture.health);
        QCOMPARE(circuits.size(), std::size_t(1));
        QCOMPARE(circuits.front().provider, "a"_ba);
        QCOMPARE(circuits.front().model, "a/m-1"_ba);
        QCOMPARE(circuits.front().state, "open"_ba);
        QVERIFY(circuits.front().retryAfter == 30s - 4 * moment);
    }
};

QTEST_GUILESS_MAIN(TestRelayHealth)
#include "tst_relay_health.moc"
