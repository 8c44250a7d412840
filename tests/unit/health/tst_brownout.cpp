#include "core/health/brownout.h"

#include <QTest>

#include <random>

using namespace freerelay;
using namespace freerelay::health;
using namespace std::chrono_literals;

namespace {

constexpr common::Duration step = 5s;

/// Four providers, of which the test tells what was counted.
struct Fixture
{
    BrownoutRules rules;
    Brownout brownout{rules};
    BrownoutReading reading{4, 0, 0, 0};
    common::SteadyTime now{1h};

    bool judge(int open, std::uint64_t answered, std::uint64_t failed)
    {
        reading.open = open;
        reading.answered += answered;
        reading.failed += failed;
        return brownout.judge(reading, now);
    }
    bool judgeLater(int open, std::uint64_t answered, std::uint64_t failed)
    {
        now += step;
        return judge(open, answered, failed);
    }
    /// Nothing is called; how long until it ends, at most that long.
    common::Duration untilEnd(common::Duration most, int open = 0)
    {
        const common::SteadyTime from = now;
        while (brownout.isActive() && now - from < most) {
            (void)judgeLater(open, 0, 0);
        }
        return now - from;
    }
};

/// The rules once more, by the letter: all readings are kept and summed up anew.
class Letter
{
public:
    explicit Letter(const BrownoutRules &rules)
        : m_rules(rules)
    { }

    void add(const BrownoutReading &reading, common::SteadyTime at)
    {
        m_all.push_back({reading, at});
    }
    [[nodiscard]] double share() const
    {
        const BrownoutReading &last = m_all.back().reading;
        return last.configured == 0 ? 0 : double(last.open) / last.configured;
    }
    /// Calls of the last `span`, and those that failed.
    [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> calls(common::Duration span) const
    {
        BrownoutReading before{};
        for (const Entry &entry : m_all) {
            if (entry.at <= m_all.back().at - span) {
                before = entry.reading;
            }
        }
        const BrownoutReading &last = m_all.back().reading;
        const std::uint64_t failed = last.failed - before.failed;
        return {last.answered - before.answered + failed, failed};
    }
    [[nodiscard]] bool mayBegin() const
    {
        const auto [all, failed] = calls(m_rules.window);
        return share() >= m_rules.enterShare && all >= std::uint64_t(m_rules.minimumCalls)
            && double(failed) / double(all) > m_rules.enterErrors;
    }
    [[nodiscard]] bool isCalm() const
    {
        const auto [all, failed] = calls(m_rules.calmWindow);
        return share() <= m_rules.leaveShare
            && (failed == 0 || double(failed) / double(all) < m_rules.leaveErrors);
    }

private:
    struct Entry
    {
        BrownoutReading reading;
        common::SteadyTime at;
    };

    BrownoutRules m_rules;
    std::vector<Entry> m_all;
};

} // namespace

class TestBrownout final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void beginsWhenAllThreeHold_data()
    {
        QTest::addColumn<int>("open");
        QTest::addColumn<int>("answered");
        QTest::addColumn<int>("failed");
        QTest::addColumn<bool>("begins");
        QTest::newRow("half are open, enough calls, enough fail") << 2 << 16 << 4 << true;
        QTest::newRow("a quarter is open") << 1 << 0 << 100 << false;
        QTest::newRow("a call too few") << 2 << 0 << 19 << false;
        QTest::newRow("just as many fail as may") << 2 << 17 << 3 << false;
        QTest::newRow("nobody is open") << 0 << 0 << 100 << false;
        QTest::newRow("all are open, none fails") << 4 << 100 << 0 << false;
    }

    void beginsWhenAllThreeHold()
    {
        QFETCH(int, open);
        QFETCH(int, answered);
        QFETCH(int, failed);
        QFETCH(bool, begins);
        Fixture fixture;
        QCOMPARE(fixture.judge(open, std::uint64_t(answered), std::uint64_t(failed)), begins);
        QCOMPARE(fixture.brownout.isActive(), begins);
    }

    void nobodyConfiguredIsNoBrownout()
    {
        Fixture fixture;
        fixture.reading.configured = 0;
        QVERIFY(!fixture.judge(0, 0, 100));
        fixture.rules.enterShare = 0;
        fixture.brownout.setRules(fixture.rules);
        QVERIFY(!fixture.judge(0, 0, 100));
    }

    void oneOfTwoIsEnough()
    {
        Fixture fixture;
        fixture.reading.configured = 2;
        QVERIFY(fixture.judge(1, 10, 10));
    }

    void errorsOfLongerAgoDoNotCount()
    {
        Fixture fixture;
        QVERIFY(!fixture.judge(0, 0, 100));
        for (common::Duration past{0}; past < 5min - step; past += step) {
            QVERIFY(!fixture.judgeLater(0, 0, 0));
        }
        QCOMPARE(fixture.brownout.calls(), std::uint64_t(100));
        QVERIFY(!fixture.judgeLater(2, 20, 0));
        QCOMPARE(fixture.brownout.calls(), std::uint64_t(20)); // five minutes later
    }

    void endsAfterThreeCalmMinutes()
    {
        Fixture fixture;
        QVERIFY(fixture.judge(2, 0, 20));
        // The errors are a minute in the way, then three minutes pass.
        QCOMPARE(fixture.untilEnd(10min), common::Duration(4min));
    }

    void aFailureInBetweenBeginsTheCalmAnew()
    {
        Fixture fixture;
        QVERIFY(fixture.judge(2, 0, 20));
        QCOMPARE(fixture.untilEnd(4min - step), common::Duration(4min - step));
        QVERIFY(!fixture.judgeLater(0, 0, 1));
        QCOMPARE(fixture.untilEnd(10min), common::Duration(4min));
    }

    void fewFailuresAmongManyAnswersAreCalm()
    {
        Fixture fixture;
        QVERIFY(fixture.judge(2, 0, 20));
        common::Duration past{0};
        while (fixture.brownout.isActive() && past < 10min) {
            (void)fixture.judgeLater(0, 97, 3);
            past += step;
        }
        // 20 failures of 1,200 calls: calm before they are a minute old.
        QVERIFY(past >= 3min && past < 4min);
        while (past < 20min) {
            QVERIFY(!fixture.judgeLater(0, 97, 3));
            past += step;
        }
    }

    void staysAsLongAsMoreThanAQuarterIsOpen()
    {
        Fixture fixture;
        QVERIFY(fixture.judge(2, 0, 20));
        QCOMPARE(fixture.untilEnd(30min, 2), common::Duration(30min));
        QCOMPARE(fixture.untilEnd(10min, 1), common::Duration(step + 3min));
    }

    void aLargerShareToEndThanToBeginCountsAsThat()
    {
        Fixture fixture;
        fixture.rules.leaveShare = 0.9;
        fixture.brownout.setRules(fixture.rules);
        QVERIFY(fixture.judge(3, 0, 20));
        QCOMPARE(fixture.untilEnd(30min, 3), common::Duration(30min)); // three of four
        QCOMPARE(fixture.untilEnd(10min, 2), common::Duration(step + 3min));
    }

    void switchedOffItEndsAtOnce()
    {
        Fixture fixture;
        QVERIFY(fixture.judge(2, 0, 20));
        fixture.rules.enabled = false;
        fixture.brownout.setRules(fixture.rules);
        QVERIFY(fixture.judgeLater(2, 0, 20));
        QVERIFY(!fixture.brownout.isActive());
        QVERIFY(!fixture.judgeLater(4, 0, 1'000));
    }

    void obeysTheLetterWhateverHappens()
    {
        for (unsigned seed = 1; seed <= 12; ++seed) {
            walk(seed);
            if (QTest::currentTestFailed()) {
                qWarning("seed %u", seed);
                return;
            }
        }
    }

private:
    /// An hour of random weather: quiet, busy, failing; compared with the letter at each step.
    static void walk(unsigned seed)
    {
        std::mt19937 random(seed);
        const auto below = [&random](int end) {
            return std::uniform_int_distribution<int>(0, end - 1)(random);
        };
        Fixture fixture;
        Letter letter(fixture.rules);
        common::Duration calmFor{-1};
        int turns = 0;
        int open = 0;
        int failing = 0; // of ten calls
        int busy = 0;
        for (int i = 0; i < 720; ++i) {
            if (below(20) == 0) {
                open = below(5);
                failing = below(3) == 0 ? below(11) : 0;
                busy = below(12);
            }
            const int calls = busy > 0 ? below(busy) : 0;
            int failed = 0;
            for (int call = 0; call < calls; ++call) {
                failed += below(10) < failing ? 1 : 0;
            }
            const bool was = fixture.brownout.isActive();
            const bool turned = fixture.judgeLater(
                open, std::uint64_t(calls - failed), std::uint64_t(failed));
            turns += turned ? 1 : 0;
            letter.add(fixture.reading, fixture.now);
            const bool calm = letter.isCalm();
            calmFor = !was || !calm   ? common::Duration(-1)
                : calmFor.count() < 0 ? common::Duration(0)
                                      : calmFor + step;
            const bool expected = was ? calmFor < fixture.rules.calm : letter.mayBegin();
            QCOMPARE(fixture.brownout.isActive(), expected);
            QCOMPARE(turned, was != expected);
            QVERIFY(fixture.brownout.errorRate() >= 0 && fixture.brownout.errorRate() <= 1);
            QCOMPARE(fixture.brownout.calls(), letter.calls(fixture.rules.window).first);
        }
        // Each one lasts as long as the calm at least.
        QVERIFY(turns <= 2 * (60 / 3) + 1);
    }
};

QTEST_APPLESS_MAIN(TestBrownout)
#include "tst_brownout.moc"
