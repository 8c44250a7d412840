#include "core/quota/window_use.h"
#include "tests/support/split_clock.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::quota;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

using catalog::QuotaPeriod;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

namespace {

constexpr sys_seconds aDay = sys_days(std::chrono::year(2026) / 11 / 24) + 10h;

Moment at(const tests::SplitClock &clock)
{
    return {clock.now(), clock.wallNow()};
}

WindowUse rolling(const tests::SplitClock &clock, QuotaPeriod period = QuotaPeriod::Minute)
{
    return WindowUse(period, std::nullopt, at(clock));
}

WindowUse daily(const tests::SplitClock &clock, const QByteArray &zone = "UTC")
{
    return WindowUse(QuotaPeriod::Day, QuotaCalendar(zone), at(clock));
}

} // namespace

class TestWindowUse final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRollingWindowCountsAtLeastItsPeriod()
    {
        tests::SplitClock clock(aDay);
        WindowUse use = rolling(clock);
        use.add(5);
        clock.advance(1min - 1ms);
        use.advance(at(clock));
        QCOMPARE(use.used(), 5);
        clock.advance(3s + 1ms); // and at most one of its twenty steps more
        use.advance(at(clock));
        QCOMPARE(use.used(), 0);
    }

    void tellsToTheMillisecondWhenThereIsRoom()
    {
        tests::SplitClock clock(aDay);
        WindowUse use = rolling(clock);
        use.add(3);
        clock.advance(20s);
        use.advance(at(clock));
        use.add(2);
        const common::SteadyTime room = use.whenAtMost(2, at(clock));
        clock.advance(room - clock.now() - 1ms);
        use.advance(at(clock));
        QCOMPARE(use.used(), 5);
        clock.advance(1ms);
        use.advance(at(clock));
        QCOMPARE(use.used(), 2);
        QCOMPARE(use.whenAtMost(2, at(clock)), clock.now());
    }

    void theCalendarOfNobodyMattersToARollingWindow()
    {
        tests::SplitClock clock(aDay);
        WindowUse use = rolling(clock);
        use.add(5);
        for (const common::Duration jump : {-48h, 96h}) {
            clock.moveWall(jump);
            use.advance(at(clock));
            QCOMPARE(use.used(), 5);
        }
    }

    void whatIsTakenBackDoesNotCountAndIsTakenBackOnce()
    {
        tests::SplitClock clock(aDay);
        WindowUse use = rolling(clock);
        const ChargeMark mark = use.add(100);
        use.takeBack(mark, 60);
        QCOMPARE(use.used(), 40);
        use.takeBack(mark, 60);
        QCOMPARE(use.used(), 0);
        use.add(7);
        clock.advance(2min);
        use.advance(at(clock));
        use.add(9);
        use.takeBack(mark, 60); // of a minute that is over
        QCOMPARE(use.used(), 9);
    }

    void whatIsOursEndsWhenItIsDue()
    {
        tests::SplitClock clock(aDay);
        WindowUse use = rolling(clock, QuotaPeriod::Minute);
        use.add(3);
        clock.advance(30s);
        use.advance(at(clock));
        use.add(4);
        use.anchor(7, 60s, at(clock)); // as we counted: the first three end first
        clock.advance(32s);
        use.advance(at(clock));
        QCOMPARE(use.used(), 4);
        use.anchor(2, 60s, at(clock)); // less than we counted: the newest are left
        QCOMPARE(use.used(), 2);
        use.anchor(9, 20s, at(clock)); // more: somebody else's, until the provider's reset
        QCOMPARE(use.used(), 9);
        clock.advance(20s);
        use.advance(at(clock));
        QCOMPARE(use.used(), 0); // and so are ours: it said that it would be full
    }

    void theProvidersWordReplacesOurCount()
    {
        tests::SplitClock clock(aDay);
        WindowUse use = rolling(clock);
        const ChargeMark before = use.add(3);
        use.anchor(12, 30s, at(clock));
        use.takeBack(before, 3); // is in the provider's figure
        QCOMPARE(use.used(), 12);
        clock.advance(30s - 1ms);
        use.advance(at(clock));
        QCOMPARE(use.used(), 12);
        clock.advance(1ms);
        use.advance(at(clock));
        QCOMPARE(use.used(), 0);
    }

    void aDayEndsAtMidnightOfItsZone_data()
    {
        QTest::addColumn<QByteArray>("zone");
        QTest::addColumn<qint64>("from");
        QTest::addColumn<qint64>("hours");
        const auto seconds = [](auto time) {
            return qint64(sys_seconds(time).time_since_epoch().count());
        };
        using namespace std::chrono;
        QTest::newRow("UTC") << "UTC"_ba << seconds(aDay) << qint64(14);
        // Midnight Pacific is 8:00 UTC in winter.
        QTest::newRow("Pacific, winter") << "America/Los_Angeles"_ba << seconds(aDay) << qint64(22);
        QTest::newRow("Pacific, summer")
            << "America/Los_Angeles"_ba << seconds(sys_days(2026y / 7 / 1) + 10h) << qint64(21);
        // 2026-03-08 has 23 hours there, 2026-11-01 has 25.
        QTest::newRow("Pacific, the day that is short")
            << "America/Los_Angeles"_ba << seconds(sys_days(2026y / 3 / 8) + 8h) << qint64(23);
        QTest::newRow("Pacific, the day that is long")
            << "America/Los_Angeles"_ba << seconds(sys_days(2026y / 11 / 1) + 7h) << qint64(25);
        QTest::newRow("a zone that nobody knows") << "Moon/Base"_ba << seconds(aDay) << qint64(14);
    }

    void aDayEndsAtMidnightOfItsZone()
    {
        QFETCH(QByteArray, zone);
        QFETCH(qint64, from);
        QFETCH(qint64, hours);
        tests::SplitClock clock{sys_seconds(std::chrono::seconds(from))};
        WindowUse use = daily(clock, zone);
        use.add(5);
        QCOMPARE(use.whenAtMost(0, at(clock)) - clock.now(), common::Duration(hours * 1h));
        clock.advance(hours * 1h - 1ms);
        use.advance(at(clock));
        QCOMPARE(use.used(), 5);
        clock.advance(1ms);
        use.advance(at(clock));
        QCOMPARE(use.used(), 0);
    }

    void aMonthEndsWithItsLastDay()
    {
        tests::SplitClock clock{sys_days(std::chrono::year(2028) / 2 / 10)};
        WindowUse use(QuotaPeriod::Month, QuotaCalendar("UTC"), at(clock));
        use.add(5);
        QCOMPARE(use.whenAtMost(0, at(clock)) - clock.now(), common::Duration(20 * 24h));
    }

    void aMachineThatSleptIsNotLate()
    {
        tests::SplitClock clock(aDay);
        WindowUse use = daily(clock);
        use.add(5);
        clock.moveWall(14h - 1ms);
        use.advance(at(clock));
        QCOMPARE(use.used(), 5);
        clock.moveWall(1ms);
        use.advance(at(clock));
        QCOMPARE(use.used(), 0);
    }

    void aClockThatIsSetBackLocksNobodyOut()
    {
        tests::SplitClock clock(aDay);
        WindowUse use = daily(clock);
        use.add(5);
        clock.moveWall(-72h);
        clock.advance(14h - 1ms);
        use.advance(at(clock));
        QCOMPARE(use.used(), 5);
        clock.advance(1ms);
        use.advance(at(clock));
        QCOMPARE(use.used(), 0);
    }

    void aClockThatIsSetBackGivesNoDayTwice()
    {
        tests::SplitClock clock(aDay);
        WindowUse use = daily(clock);
        clock.advance(14h + 1min);
        use.advance(at(clock)); // a new day
        use.add(5);
        clock.moveWall(-2h); // and the old one again
        clock.advance(2h);
        use.advance(at(clock)); // the same midnight
        QCOMPARE(use.used(), 5);
        clock.advance(22h - 1min);
        use.advance(at(clock));
        QCOMPARE(use.used(), 0);
    }

    void whatWasTakenYesterdayIsNotTakenBackToday()
    {
        tests::SplitClock clock(aDay);
        WindowUse use = daily(clock);
        const ChargeMark mark = use.add(5);
        clock.advance(14h);
        use.advance(at(clock));
        use.add(2);
        use.takeBack(mark, 5);
        QCOMPARE(use.used(), 2);
    }

    void aRestoredWindowGoesOnAsBefore()
    {
        tests::SplitClock clock(aDay);
        WindowUse use = rolling(clock, QuotaPeriod::Day);
        for (int i = 0; i < 10; ++i) {
            use.add(i + 1);
            clock.advance(1h);
            use.advance(at(clock));
        }
        use.anchor(20, 90min, at(clock));
        use.add(4);
        clock.advance(1h);
        use.advance(at(clock));
        use.add(6);
        WindowUse again = rolling(clock, QuotaPeriod::Day);
        again.restore(use.counted(), use.endsAt(), at(clock));
        for (int i = 0; i < 60; ++i) {
            // The provider's word becomes an amount like any other: up to a step longer.
            QVERIFY(again.used() >= use.used());
            QVERIFY(again.used() - use.used() <= 20 + 4 + 6);
            QVERIFY(again.whenAtMost(0, at(clock)) >= use.whenAtMost(0, at(clock)));
            const auto later = again.whenAtMost(0, at(clock)) - use.whenAtMost(0, at(clock));
            QVERIFY2(
                later <= common::Duration(24h) / WindowUse::steps,
                QByteArray::number(
                    qint64(std::chrono::floor<std::chrono::minutes>(later).count())));
            clock.advance(30min);
            use.advance(at(clock));
            again.advance(at(clock));
        }
        QCOMPARE(again.used(), 0);
    }

    void aDayThatIsOverIsNotRestored()
    {
        tests::SplitClock clock(aDay);
        WindowUse use = daily(clock);
        use.add(5);
        const auto counted = use.counted();
        const auto endsAt = use.endsAt();
        WindowUse sameDay = daily(clock);
        sameDay.restore(counted, endsAt, at(clock));
        QCOMPARE(sameDay.used(), 5);
        clock.advance(14h);
        WindowUse nextDay = daily(clock);
        nextDay.restore(counted, endsAt, at(clock));
        QCOMPARE(nextDay.used(), 0);
    }
};

QTEST_GUILESS_MAIN(TestWindowUse)
#include "tst_window_use.moc"
