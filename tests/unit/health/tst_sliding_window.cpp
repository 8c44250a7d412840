#include "core/health/sliding_window.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::health;
using namespace std::chrono_literals;

namespace {

CallMark markAt(common::Duration time, bool failed, std::uint32_t source = 0)
{
    CallMark mark;
    mark.at = common::SteadyTime(time);
    mark.failed = failed;
    mark.source = source;
    return mark;
}

} // namespace

class TestSlidingWindow final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachCallLeavesWhenItIsTooOldItself()
    {
        SlidingWindow window(20, 60s);
        for (int i = 0; i < 5; ++i) {
            window.add(markAt(i * 50s, true)); // never silent for a minute
        }
        QCOMPARE(window.failures(), 2);
        window.advance(common::SteadyTime(200s + 60s - 1ns));
        QCOMPARE(window.failures(), 1);
        window.advance(common::SteadyTime(200s + 60s));
        QCOMPARE(window.failures(), 0);
    }

    void onlyTheLastCallsAreKept()
    {
        SlidingWindow window(3, 60s);
        window.add(markAt(1s, true));
        for (int i = 0; i < 3; ++i) {
            window.add(markAt(2s, false));
        }
        QCOMPARE(window.calls(), 3);
        QCOMPARE(window.failures(), 0);
    }

    void ratesAreSharesOfTheCalls()
    {
        SlidingWindow window(20, 60s);
        QCOMPARE(window.failureRate(), 0.0);
        window.add(markAt(1s, true, 1));
        window.add(markAt(1s, true, 1));
        window.add(markAt(1s, true, 7));
        CallMark slow = markAt(1s, false);
        slow.slow = true;
        window.add(slow);
        QCOMPARE(window.failureRate(), 0.75);
        QCOMPARE(window.slowRate(), 0.25);
        QCOMPARE(window.failingSources(), 2);
    }
};

QTEST_GUILESS_MAIN(TestSlidingWindow)
#include "tst_sliding_window.moc"
