#include "core/quota/rate_meter.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::quota;
using namespace std::chrono_literals;

class TestRateMeter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theFirstMinuteOfADayPromisesNoDayLikeIt()
    {
        RateMeter meter(m_now);
        meter.add(2'000);
        pass(meter, 1min);
        const Forecast forecast = meter.forecast(98'000, 23h);
        QVERIFY(!forecast.empty);
        QVERIFY(forecast.projected > 0);
        QVERIFY(forecast.projected < 10'000);
    }

    void idleMinutesFeedZero()
    {
        RateMeter meter(m_now);
        for (int i = 0; i < 30; ++i) {
            meter.add(100);
            pass(meter, 1min);
        }
        const double before = meter.perMinute()[0];
        QVERIFY(before > 95 && before <= 100);
        pass(meter, 5min);
        QVERIFY(qAbs(meter.perMinute()[0] - before * std::exp(-1.0)) < 0.5);
        pass(meter, 30 * 24h);
        QCOMPARE(meter.perMinute()[2], 0.0);
    }

    void aSteadyRateIsForeseenWithAnInterval()
    {
        RateMeter meter(m_now);
        for (int i = 0; i < 600; ++i) {
            meter.add(i % 2 == 0 ? 8 : 12);
            pass(meter, 1min);
        }
        const Forecast forecast = meter.forecast(300, 6h);
        QVERIFY(forecast.empty && forecast.earliest && forecast.latest);
        QVERIFY(
            qAbs(std::chrono::duration<double, std::ratio<60>>(*forecast.empty).count() - 30) < 1);
        QVERIFY(*forecast.earliest < *forecast.empty);
        QVERIFY(*forecast.empty < *forecast.latest);
        QVERIFY(!meter.forecast(30'000, 6h).empty);
    }

    void nothingLeftIsEmptyNow()
    {
        RateMeter meter(m_now);
        QCOMPARE(meter.forecast(0, 1h).empty, std::optional(common::Duration(0)));
        QVERIFY(!meter.forecast(1, 1h).empty);
        QVERIFY(!meter.forecast(1, 0h).empty);
    }

    void anEstimateThatWasTooHighIsCorrected()
    {
        RateMeter meter(m_now);
        meter.add(1'000);
        meter.add(-900);
        pass(meter, 1min);
        QVERIFY(meter.perMinute()[0] < 20);
    }

private:
    void pass(RateMeter &meter, common::Duration step)
    {
        m_now += step;
        meter.advance(m_now);
    }

    common::SteadyTime m_now{1h};
};

QTEST_GUILESS_MAIN(TestRateMeter)
#include "tst_rate_meter.moc"
