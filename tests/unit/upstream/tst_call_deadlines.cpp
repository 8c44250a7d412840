#include "core/upstream/call_deadlines.h"

#include <QTest>

using namespace freerelay;
using namespace std::chrono_literals;
using upstream::CallDeadlines;
using upstream::CallLimits;
using Limit = CallDeadlines::Limit;

class TestCallDeadlines final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void firstByteEndsAtItsLimitAndNotBefore();
    void gapRunsFromTheLastBody();
    void totalRunsWhateverComes();
    void pausedTimeDoesNotCount();
    void bodyThatCameWhilePausedMovesTheGap();
    void totalRunsWhilePaused();
    void zeroMeansNever();
};

namespace {

constexpr common::SteadyTime start{1'000s};
constexpr CallLimits limits{5s, 10s, 3s, 60s};

} // namespace

void TestCallDeadlines::firstByteEndsAtItsLimitAndNotBefore()
{
    const CallDeadlines deadlines(limits, start);
    QCOMPARE(deadlines.next(), start + 10s);
    QVERIFY(!deadlines.expired(start + 10s - 1ns));
    QCOMPARE(deadlines.expired(start + 10s), Limit::FirstByte);
}

void TestCallDeadlines::gapRunsFromTheLastBody()
{
    CallDeadlines deadlines(limits, start);
    deadlines.onBody(start + 9s);
    deadlines.onBody(start + 11s);
    QVERIFY(!deadlines.expired(start + 14s - 1ns));
    QCOMPARE(deadlines.expired(start + 14s), Limit::Gap);
}

void TestCallDeadlines::totalRunsWhateverComes()
{
    CallDeadlines deadlines(limits, start);
    for (auto at = start; at < start + 60s; at += 1s) {
        deadlines.onBody(at);
    }
    QVERIFY(!deadlines.expired(start + 60s - 1ns));
    QCOMPARE(deadlines.expired(start + 60s), Limit::Total);
}

void TestCallDeadlines::pausedTimeDoesNotCount()
{
    CallDeadlines deadlines(limits, start);
    deadlines.onBody(start + 1s);
    deadlines.onPaused(start + 2s); // 1 s of the gap is used
    QVERIFY(!deadlines.expired(start + 50s));
    deadlines.onResumed(start + 22s);
    QCOMPARE(deadlines.next(), start + 24s);
    QVERIFY(!deadlines.expired(start + 24s - 1ns));
    QCOMPARE(deadlines.expired(start + 24s), Limit::Gap);
}

void TestCallDeadlines::bodyThatCameWhilePausedMovesTheGap()
{
    CallDeadlines deadlines(limits, start);
    deadlines.onPaused(start + 2s);
    deadlines.onBody(start + 5s);
    deadlines.onResumed(start + 9s);
    QCOMPARE(deadlines.next(), start + 12s);
}

void TestCallDeadlines::totalRunsWhilePaused()
{
    CallDeadlines deadlines(limits, start);
    deadlines.onPaused(start + 1s);
    QCOMPARE(deadlines.next(), start + 60s);
    QCOMPARE(deadlines.expired(start + 60s), Limit::Total);
}

void TestCallDeadlines::zeroMeansNever()
{
    CallDeadlines deadlines({0ms, 0ms, 0ms, 0ms}, start);
    QCOMPARE(deadlines.next(), common::SteadyTime::max());
    deadlines.onBody(start);
    QVERIFY(!deadlines.expired(start + 10'000h));
}

QTEST_APPLESS_MAIN(TestCallDeadlines)
#include "tst_call_deadlines.moc"
