#include "core/health/latency_digest.h"

#include <QTest>

#include <algorithm>
#include <random>
#include <vector>

using namespace freerelay;
using namespace freerelay::health;
using namespace std::chrono_literals;

namespace {

constexpr common::SteadyTime start{1h};

double milliseconds(common::Duration value)
{
    return std::chrono::duration<double, std::milli>(value).count();
}

} // namespace

class TestLatencyDigest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsNothingAtFirst()
    {
        const LatencyDigest digest;
        QVERIFY(!digest.quantile(0.5));
        QCOMPARE(digest.weight(start), 0.0);
    }

    void aQuantileIsAtMostFivePercentOff_data()
    {
        QTest::addColumn<uint>("seed");
        for (uint seed = 1; seed <= 20; ++seed) {
            QTest::addRow("seed %u", seed) << seed;
        }
    }

    void aQuantileIsAtMostFivePercentOff()
    {
        QFETCH(uint, seed);
        std::mt19937 random(seed);
        std::lognormal_distribution<double> times(std::log(100.0 * seed), 1.0);
        LatencyDigest digest;
        std::vector<double> values;
        for (int i = 0; i < 2'000; ++i) {
            const double value = std::clamp(times(random), 1.0, 600'000.0);
            values.push_back(value);
            digest.add(
                std::chrono::duration_cast<common::Duration>(
                    std::chrono::duration<double, std::milli>(value)),
                start);
        }
        std::sort(values.begin(), values.end());
        for (const double share : {0.5, 0.95, 0.99}) {
            const double exact = values[std::size_t(std::ceil(share * double(values.size()))) - 1];
            const double told = milliseconds(*digest.quantile(share));
            QVERIFY2(
                std::abs(told - exact) <= exact * (LatencyDigest::error + 1e-6),
                qPrintable(QString::number(told) + u' ' + QString::number(exact)));
        }
    }

    void whatIsBeyondCountsAsTheBounds()
    {
        LatencyDigest digest;
        digest.add(0ms, start);
        QVERIFY(*digest.quantile(1) <= 1ms);
        digest.add(10h, start);
        QVERIFY(milliseconds(*digest.quantile(1)) <= 600'000 * 1.05);
        QVERIFY(milliseconds(*digest.quantile(1)) >= 600'000 * 0.95);
    }

    void halfOfItIsForgottenAfterAHalfLife()
    {
        LatencyDigest digest;
        for (int i = 0; i < 100; ++i) {
            digest.add(10ms, start);
        }
        QVERIFY(std::abs(digest.weight(start + LatencyDigest::halfLife) - 50) < 0.01);
        for (int i = 0; i < 60; ++i) {
            digest.add(1s, start + LatencyDigest::halfLife);
        }
        QVERIFY(*digest.quantile(0.5) > 900ms); // 60 of 110
    }

    void worksForDays()
    {
        LatencyDigest digest;
        common::SteadyTime now = start;
        for (int i = 0; i < 2'000; ++i) {
            now += 10min;
            digest.add(100ms, now);
        }
        const double inBalance = 1 / (1 - std::exp2(-1.0 / 3)); // a third of a half life apart
        QVERIFY(std::abs(digest.weight(now) - inBalance) < 0.01 * inBalance);
        digest.add(1s, now + 1000h);
        QVERIFY(std::abs(digest.weight(now + 1000h) - 1) < 0.01);
    }

    void mergingIsAddingAll()
    {
        LatencyDigest gaps;
        for (int i = 0; i < 10; ++i) {
            gaps.add(20ms, start + 1h);
        }
        LatencyDigest digest;
        digest.add(1s, start);
        digest.merge(gaps, start + 1h);
        QVERIFY(std::abs(digest.weight(start + 1h) - 10.25) < 0.01);
        QVERIFY(*digest.quantile(0.9) < 22ms);
        digest.merge({}, start + 1h);
        QVERIFY(std::abs(digest.weight(start + 1h) - 10.25) < 0.01);
    }
};

QTEST_GUILESS_MAIN(TestLatencyDigest)
#include "tst_latency_digest.moc"
