#include "core/health/circuit_breaker.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::health;
using namespace std::chrono_literals;

using Gate = CircuitBreaker::Gate;

namespace {

/// A breaker with its time.
struct Circuit
{
    CircuitBreaker breaker;
    common::SteadyTime now{1h};
    double random = 0;

    [[nodiscard]] CircuitState state() const { return breaker.state(now); }

    void end(const BreakerPass &pass, bool failed, bool slow = false)
    {
        CallMark mark;
        mark.at = now;
        mark.failed = failed;
        mark.slow = slow;
        breaker.ended(pass, mark, random);
        breaker.judge(now, random);
    }

    void call(bool failed, bool slow = false) { end(breaker.enter(now), failed, slow); }

    void failUntilOpen()
    {
        for (int i = 0; i < 20 && state() == CircuitState::Closed; ++i) {
            call(true);
        }
    }
};

} // namespace

class TestCircuitBreaker final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void staysClosedBeforeTheMinimumOfCalls()
    {
        Circuit circuit;
        for (int i = 0; i < 4; ++i) {
            circuit.call(true);
        }
        QCOMPARE(circuit.state(), CircuitState::Closed);
        circuit.call(true);
        QCOMPARE(circuit.state(), CircuitState::Open);
        QCOMPARE(circuit.breaker.gate(circuit.now), Gate::Shut);
    }

    void opensAtTheFailureRateAndNotBelow()
    {
        Circuit circuit;
        for (int i = 0; i < 6; ++i) {
            circuit.call(false);
        }
        for (int i = 0; i < 5; ++i) {
            circuit.call(true);
        }
        QCOMPARE(circuit.state(), CircuitState::Closed); // 5 of 11
        circuit.call(true);
        QCOMPARE(circuit.state(), CircuitState::Open); // 6 of 12
    }

    void failuresThatAreTooOldDoNotCount()
    {
        Circuit circuit;
        for (int i = 0; i < 4; ++i) {
            circuit.call(true);
        }
        circuit.now += 10min;
        circuit.call(true);
        QCOMPARE(circuit.state(), CircuitState::Closed);
    }

    void opensWhenEveryAnswerIsSlow()
    {
        Circuit circuit;
        for (int i = 0; i < 4; ++i) {
            circuit.call(false, true);
        }
        QCOMPARE(circuit.state(), CircuitState::Closed);
        circuit.call(false, true);
        QCOMPARE(circuit.state(), CircuitState::Open);
    }

    void oneFastAnswerAmongSlowOnesKeepsItClosed()
    {
        Circuit circuit;
        circuit.call(false);
        for (int i = 0; i < 10; ++i) {
            circuit.call(false, true);
        }
        QCOMPARE(circuit.state(), CircuitState::Closed);
    }

    void becomesHalfOpenAfterItsTimeAndNotBefore()
    {
        Circuit circuit;
        circuit.failUntilOpen();
        circuit.now += 30s - 1ns;
        QCOMPARE(circuit.state(), CircuitState::Open);
        circuit.now += 1ns;
        QCOMPARE(circuit.state(), CircuitState::HalfOpen);
        QCOMPARE(circuit.breaker.gate(circuit.now), Gate::Probe);
    }

    void oneProbeAtATime()
    {
        Circuit circuit;
        circuit.failUntilOpen();
        circuit.now += 30s;
        const BreakerPass probe = circuit.breaker.enter(circuit.now);
        QVERIFY(probe.probe);
        QCOMPARE(circuit.breaker.gate(circuit.now), Gate::Shut);
        QVERIFY(!circuit.breaker.enter(circuit.now).probe);
        circuit.breaker.left(probe); // the client left: the next one probes
        QCOMPARE(circuit.breaker.gate(circuit.now), Gate::Probe);
    }

    void twoAnsweredProbesCloseIt()
    {
        Circuit circuit;
        circuit.failUntilOpen();
        circuit.now += 30s;
        circuit.call(false);
        QCOMPARE(circuit.state(), CircuitState::HalfOpen);
        circuit.call(false);
        QCOMPARE(circuit.state(), CircuitState::Closed);
        QCOMPARE(circuit.breaker.window().calls(), 0);
    }

    void aFailedProbeOpensItForTwiceAsLong()
    {
        Circuit circuit;
        circuit.failUntilOpen();
        common::Duration length = 30s;
        for (int i = 0; i < 6; ++i) {
            circuit.now += length;
            QCOMPARE(circuit.state(), CircuitState::HalfOpen);
            circuit.call(true);
            QCOMPARE(circuit.state(), CircuitState::Open);
            length = std::min<common::Duration>(2 * length, 5min);
            QCOMPARE(circuit.breaker.openUntil() - circuit.now, length);
        }
    }

    void chanceShortensTheOpenTime()
    {
        Circuit circuit;
        circuit.random = 0.5;
        circuit.failUntilOpen();
        QCOMPARE(circuit.breaker.openUntil() - circuit.now, common::Duration(27s));
    }

    void openedAgainSoonItStaysOpenLonger_data()
    {
        QTest::addColumn<int>("wellFor");
        QTest::addColumn<int>("openFor");
        QTest::newRow("soon") << 299 << 60;
        QTest::newRow("after a while") << 300 << 30;
    }

    void openedAgainSoonItStaysOpenLonger()
    {
        QFETCH(int, wellFor);
        QFETCH(int, openFor);
        Circuit circuit;
        circuit.failUntilOpen();
        circuit.now += 30s;
        circuit.call(false);
        circuit.call(false);
        circuit.now += std::chrono::seconds(wellFor);
        circuit.failUntilOpen();
        QCOMPARE(
            circuit.breaker.openUntil() - circuit.now,
            common::Duration(std::chrono::seconds(openFor)));
    }

    void whatBeganBeforeItOpenedSaysNothing()
    {
        Circuit circuit;
        const BreakerPass before = circuit.breaker.enter(circuit.now);
        const BreakerPass another = circuit.breaker.enter(circuit.now);
        circuit.failUntilOpen();
        const common::SteadyTime until = circuit.breaker.openUntil();
        circuit.end(before, true);
        circuit.end(another, false);
        QCOMPARE(circuit.state(), CircuitState::Open);
        QCOMPARE(circuit.breaker.openUntil(), until);
    }

    void aFailureWhileItIsOpenChangesNothing()
    {
        Circuit circuit;
        circuit.failUntilOpen();
        const common::SteadyTime until = circuit.breaker.openUntil();
        circuit.now += 10s;
        circuit.call(true);
        QCOMPARE(circuit.breaker.openUntil(), until);
    }

    void anAnswerWhileItIsOpenMakesItHalfOpen()
    {
        Circuit circuit;
        circuit.failUntilOpen();
        circuit.now += 1s;
        circuit.call(false);
        QCOMPARE(circuit.state(), CircuitState::HalfOpen);
        circuit.call(false);
        QCOMPARE(circuit.state(), CircuitState::Closed);
    }

    void whileAProbeIsUnderWayItAloneDecides()
    {
        Circuit circuit;
        circuit.failUntilOpen();
        circuit.now += 30s;
        const BreakerPass probe = circuit.breaker.enter(circuit.now);
        for (int i = 0; i < 5; ++i) {
            circuit.call(false);
            QCOMPARE(circuit.state(), CircuitState::HalfOpen);
        }
        circuit.end(probe, true);
        QCOMPARE(circuit.state(), CircuitState::Open);
    }

    void severalSourcesMustFailWhereTheRulesSaySo()
    {
        BreakerRules rules;
        rules.minimumSources = 2;
        CircuitBreaker breaker(rules);
        CallMark mark;
        mark.at = common::SteadyTime(1h);
        mark.failed = true;
        for (int i = 0; i < 10; ++i) {
            breaker.ended(breaker.enter(mark.at), mark, 0);
            QVERIFY(!breaker.judge(mark.at, 0));
        }
        mark.source = 1;
        breaker.ended(breaker.enter(mark.at), mark, 0);
        QVERIFY(breaker.judge(mark.at, 0));
    }

    void aResetForgetsEverything()
    {
        Circuit circuit;
        circuit.failUntilOpen();
        circuit.breaker.reset();
        QCOMPARE(circuit.state(), CircuitState::Closed);
        circuit.failUntilOpen();
        QCOMPARE(circuit.breaker.openUntil() - circuit.now, common::Duration(30s));
    }
};

QTEST_GUILESS_MAIN(TestCircuitBreaker)
#include "tst_circuit_breaker.moc"
