#include "core/relay/retry_budget.h"
#include "tests/support/manual_clock.h"

#include <QTest>

using namespace freerelay;
using namespace std::chrono_literals;
using relay::RetryBudget;

class TestRetryBudget final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void startsFull()
    {
        RetryBudget budget(m_clock.now());
        QCOMPARE(withdrawAll(budget), 100);
    }

    void fillsByTenTokensASecond()
    {
        RetryBudget budget(m_clock.now());
        withdrawAll(budget);
        m_clock.advance(99ms);
        QVERIFY(!budget.withdraw(m_clock.now()));
        m_clock.advance(1ms);
        QVERIFY(budget.withdraw(m_clock.now()));
        QVERIFY(!budget.withdraw(m_clock.now()));
    }

    void letsFiveRequestsPayForOneRetry()
    {
        RetryBudget budget(m_clock.now());
        withdrawAll(budget);
        for (int i = 0; i < 4; ++i) {
            budget.deposit();
        }
        QVERIFY(!budget.withdraw(m_clock.now()));
        budget.deposit();
        QVERIFY(budget.withdraw(m_clock.now()));
    }

    void savesNoMoreThanItsCapacity()
    {
        RetryBudget budget(m_clock.now());
        for (int i = 0; i < 10'000; ++i) {
            budget.deposit();
        }
        m_clock.advance(24h);
        QCOMPARE(withdrawAll(budget), 100);
    }

private:
    int withdrawAll(RetryBudget &budget) const
    {
        int count = 0;
        while (count < 10'000 && budget.withdraw(m_clock.now())) {
            ++count;
        }
        return count;
    }

    tests::ManualClock m_clock;
};

QTEST_GUILESS_MAIN(TestRetryBudget)
#include "tst_retry_budget.moc"
