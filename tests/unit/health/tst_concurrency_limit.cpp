#include "core/health/concurrency_limit.h"

#include <QTest>

#include <vector>

using namespace freerelay::health;

namespace {

/// Begins as many calls as there is room for.
std::vector<std::uint64_t> fill(ConcurrencyLimit &limit)
{
    std::vector<std::uint64_t> calls;
    while (limit.hasRoom()) {
        calls.push_back(limit.enter());
    }
    return calls;
}

void answer(ConcurrencyLimit &limit, int times)
{
    for (int i = 0; i < times; ++i) {
        (void)limit.enter();
        limit.answered();
    }
}

} // namespace

class TestConcurrencyLimit final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void growsByOneAfterTenAnswersInARow()
    {
        ConcurrencyLimit limit;
        (void)limit.enter();
        (void)limit.enter();
        answer(limit, 9);
        QCOMPARE(limit.limit(), 4);
        answer(limit, 1);
        QCOMPARE(limit.limit(), 5);
    }

    void doesNotGrowWhileItIsHardlyUsed()
    {
        ConcurrencyLimit limit;
        answer(limit, 100); // one at a time
        QCOMPARE(limit.limit(), 4);
    }

    void aFailureHalvesItAndBeginsTheRowAnew()
    {
        ConcurrencyLimit limit;
        (void)limit.enter();
        (void)limit.enter();
        answer(limit, 9);
        limit.failed(limit.enter());
        QCOMPARE(limit.limit(), 2);
        answer(limit, 9);
        QCOMPARE(limit.limit(), 2);
        answer(limit, 1);
        QCOMPARE(limit.limit(), 3);
    }

    void whatFailsTogetherShrinksItOnce()
    {
        ConcurrencyLimit limit;
        const auto calls = fill(limit);
        QCOMPARE(calls.size(), std::size_t(4));
        for (const std::uint64_t call : calls) {
            limit.failed(call);
        }
        QCOMPARE(limit.limit(), 2);
        limit.failed(limit.enter());
        QCOMPARE(limit.limit(), 1);
    }

    void neverBelowOne()
    {
        ConcurrencyLimit limit;
        for (int i = 0; i < 10; ++i) {
            limit.failed(limit.enter());
        }
        QCOMPARE(limit.limit(), 1);
        QVERIFY(limit.hasRoom());
    }

    void aLateAnswerShrinksItALittle()
    {
        ConcurrencyLimit limit;
        limit.slow(limit.enter());
        QCOMPARE(limit.limit(), 3);
    }

    void neverAboveWhatTheProviderAdmitsInAMinute()
    {
        ConcurrencyLimit limit;
        limit.setCeiling(2);
        QCOMPARE(fill(limit).size(), std::size_t(2));
        answer(limit, 100);
        QCOMPARE(limit.limit(), 2);
        limit.setCeiling(64);
        QVERIFY(limit.limit() <= 4);
    }

    void whatTellsNothingOnlyLeaves()
    {
        ConcurrencyLimit limit;
        const auto calls = fill(limit);
        for (std::size_t i = 0; i < calls.size(); ++i) {
            limit.left();
        }
        QCOMPARE(limit.inFlight(), 0);
        QCOMPARE(limit.limit(), 4);
    }
};

QTEST_GUILESS_MAIN(TestConcurrencyLimit)
#include "tst_concurrency_limit.moc"
