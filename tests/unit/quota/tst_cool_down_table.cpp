#include "core/quota/cool_down_table.h"
#include "tests/support/manual_clock.h"

#include <QTest>

#include <thread>

using namespace freerelay;
using namespace freerelay::quota;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

class TestCoolDownTable final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void benchesOneKeyAndModelOnly()
    {
        CoolDownTable table;
        const auto now = m_clock.now();
        table.bench({"groq"_ba, "k1"_ba, "groq/a"_ba}, now + 10s, CoolDownReason::RateLimited);

        QVERIFY(table.covering("groq", "k1", "groq/a", now));
        QVERIFY(!table.covering("groq", "k1", "groq/b", now));
        QVERIFY(!table.covering("groq", "k2", "groq/a", now));
        QVERIFY(!table.covering("mistral", "k1", "groq/a", now));
    }

    void widerScopesCoverNarrowerOnes_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("whole key") << "k1"_ba << QByteArray();
        QTest::newRow("model for every key") << QByteArray() << "groq/a"_ba;
        QTest::newRow("whole provider") << QByteArray() << QByteArray();
    }

    void widerScopesCoverNarrowerOnes()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, model);
        CoolDownTable table;
        table.bench({"groq"_ba, key, model}, m_clock.now() + 10s, CoolDownReason::Unhealthy);
        QVERIFY(table.covering("groq", "k1", "groq/a", m_clock.now()));
    }

    void staysBenchedUntilTheLastInstantAndNoLonger()
    {
        CoolDownTable table;
        const auto now = m_clock.now();
        table.bench({"groq"_ba, "k1"_ba, "groq/a"_ba}, now + 10s, CoolDownReason::RateLimited);
        QVERIFY(table.covering("groq", "k1", "groq/a", now + 10s - 1ns));
        QVERIFY(!table.covering("groq", "k1", "groq/a", now + 10s));
    }

    void aLaterEndWinsAndAnEarlierOneChangesNothing()
    {
        CoolDownTable table;
        const auto now = m_clock.now();
        const CoolDownScope scope{"groq"_ba, "k1"_ba, "groq/a"_ba};
        table.bench(scope, now + 10s, CoolDownReason::RateLimited, "first"_ba);
        table.bench(scope, now + 5s, CoolDownReason::Unhealthy, "earlier"_ba);
        QCOMPARE(table.covering("groq", "k1", "groq/a", now)->detail, "first"_ba);
        table.bench(scope, now + 20s, CoolDownReason::NoCredit, "later"_ba);
        QCOMPARE(table.covering("groq", "k1", "groq/a", now)->reason, CoolDownReason::NoCredit);
    }

    void namesTheLongestOfSeveralCoolDowns()
    {
        CoolDownTable table;
        const auto now = m_clock.now();
        table.bench({"groq"_ba, "k1"_ba, {}}, now + 60s, CoolDownReason::KeyRejected);
        table.bench({"groq"_ba, "k1"_ba, "groq/a"_ba}, now + 10s, CoolDownReason::RateLimited);
        QCOMPARE(table.covering("groq", "k1", "groq/a", now)->reason, CoolDownReason::KeyRejected);
    }

    void keepsAdviceApartFromWhatRulesOut()
    {
        CoolDownTable table;
        const auto now = m_clock.now();
        const CoolDownScope scope{"groq"_ba, "k1"_ba, "groq/a"_ba};
        table.bench(scope, now + 30s, CoolDownReason::Unhealthy);
        table.bench(scope, now + 10s, CoolDownReason::RateLimited);
        QCOMPARE(table.covering("groq", "k1", "groq/a", now)->reason, CoolDownReason::RateLimited);
        QCOMPARE(
            table.covering("groq", "k1", "groq/a", now + 10s)->reason, CoolDownReason::Unhealthy);
        QCOMPARE(table.active(now).size(), std::size_t(2));
    }

    void forgetsTheAdviceAgainstWhatHasAnswered()
    {
        CoolDownTable table;
        const auto now = m_clock.now();
        const CoolDownScope scope{"groq"_ba, "k1"_ba, "groq/a"_ba};
        table.bench(scope, now + 30s, CoolDownReason::Unhealthy);
        table.bench({"groq"_ba, "k1"_ba, "groq/b"_ba}, now + 30s, CoolDownReason::Unhealthy);
        table.forgetAdvice(scope);
        QVERIFY(!table.covering("groq", "k1", "groq/a", now));
        QVERIFY(table.covering("groq", "k1", "groq/b", now));
        table.bench(scope, now + 10s, CoolDownReason::RateLimited);
        table.forgetAdvice(scope);
        QVERIFY(table.covering("groq", "k1", "groq/a", now));
    }

    void knowsAtOnceWhenNothingIsBenched()
    {
        CoolDownTable table;
        const auto now = m_clock.now();
        QVERIFY(!table.isAnyActive(now));
        table.bench({"groq"_ba, "k1"_ba, {}}, now + 10s, CoolDownReason::RateLimited);
        table.bench({"groq"_ba, "k2"_ba, {}}, now + 5s, CoolDownReason::RateLimited);
        QVERIFY(table.isAnyActive(now + 10s - 1ns));
        QVERIFY(!table.isAnyActive(now + 10s));
    }

    void clearingForgetsOneProviderOrOneKey()
    {
        CoolDownTable table;
        const auto now = m_clock.now();
        table.bench({"groq"_ba, "k1"_ba, {}}, now + 60s, CoolDownReason::KeyRejected);
        table.bench({"groq"_ba, "k2"_ba, {}}, now + 60s, CoolDownReason::KeyRejected);
        table.bench({"mistral"_ba, "k1"_ba, {}}, now + 60s, CoolDownReason::KeyRejected);
        table.clear("groq", "k1");
        QVERIFY(!table.covering("groq", "k1", "m", now));
        QVERIFY(table.covering("groq", "k2", "m", now));
        table.clear("groq");
        QVERIFY(!table.covering("groq", "k2", "m", now));
        QVERIFY(table.covering("mistral", "k1", "m", now));
    }

    void clearingForgetsTheAdviceToo()
    {
        CoolDownTable table;
        const auto now = m_clock.now();
        table.bench({"groq"_ba, "k1"_ba, {}}, now + 60s, CoolDownReason::Unhealthy);
        table.clear("groq", "k1");
        QVERIFY(!table.covering("groq", "k1", "m", now));
    }

    void anEqualEndKeepsTheFirstReason()
    {
        CoolDownTable table;
        const auto now = m_clock.now();
        table.bench({"groq"_ba, "k1"_ba, {}}, now + 60s, CoolDownReason::RateLimited);
        table.bench({"groq"_ba, "k1"_ba, {}}, now + 60s, CoolDownReason::NoCredit);
        QCOMPARE(table.covering("groq", "k1", "m", now)->reason, CoolDownReason::RateLimited);
    }

    void listsActiveOnesSoonestFirst()
    {
        CoolDownTable table;
        const auto now = m_clock.now();
        table.bench({"a"_ba, {}, {}}, now + 30s, CoolDownReason::Unhealthy);
        table.bench({"b"_ba, {}, {}}, now + 10s, CoolDownReason::Unhealthy);
        table.bench({"c"_ba, {}, {}}, now, CoolDownReason::Unhealthy);
        const auto active = table.active(now);
        QCOMPARE(active.size(), std::size_t(2));
        QCOMPARE(active.front().scope.provider, "b"_ba);
    }

    void servesReadersWhileAWriterBenches()
    {
        CoolDownTable table;
        const auto now = m_clock.now();
        std::thread writer([&] {
            for (int i = 0; i < 2'000; ++i) {
                table.bench(
                    {"groq"_ba, "k"_ba, QByteArray::number(i % 50)},
                    now + 1s,
                    CoolDownReason::RateLimited);
            }
        });
        int covered = 0;
        for (int i = 0; i < 2'000; ++i) {
            covered += table.covering("groq", "k", QByteArray::number(i % 50), now) ? 1 : 0;
        }
        writer.join();
        QVERIFY(covered <= 2'000);
        QCOMPARE(table.active(now).size(), std::size_t(50));
    }

private:
    tests::ManualClock m_clock;
};

QTEST_GUILESS_MAIN(TestCoolDownTable)
#include "tst_cool_down_table.moc"
