#include "core/store/latency_histogram.h"

#include <QTest>

#include <algorithm>
#include <random>
#include <vector>

using namespace freerelay::store;
using namespace std::chrono_literals;

using std::chrono::microseconds;

class TestLatencyHistogram final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsUpToTheBound_data()
    {
        QTest::addColumn<qint64>("time");
        QTest::addColumn<int>("bucket");
        QTest::newRow("nothing") << qint64(0) << 0;
        QTest::newRow("10 ms") << qint64(10'000) << 0;
        QTest::newRow("just above 10 ms") << qint64(10'001) << 1;
        QTest::newRow("20 ms") << qint64(20'000) << 1;
        QTest::newRow("just above 20 ms") << qint64(20'001) << 2;
        QTest::newRow("163.84 s") << qint64(163'840'000) << 14;
        QTest::newRow("just above 163.84 s") << qint64(163'840'001) << 15;
        QTest::newRow("a day") << qint64(86'400'000'000) << 15;
    }

    void countsUpToTheBound()
    {
        QFETCH(qint64, time);
        QFETCH(int, bucket);
        LatencyHistogram histogram;
        histogram.add(microseconds(time));
        QCOMPARE(histogram.count(), 1);
        QCOMPARE(histogram.buckets.at(std::size_t(bucket)), 1);
    }

    void knowsNoQuantileOfNothing() { QVERIFY(!LatencyHistogram().quantile(0.5)); }

    void estimatesWithinTheBucketOfTheTruth()
    {
        std::mt19937_64 random(20'261'124); // NOLINT(cert-msc51-cpp): the same each time
        for (const double spread : {0.2, 0.8, 2.0}) {
            std::lognormal_distribution<double> distribution(std::log(800'000.0), spread);
            std::vector<std::int64_t> times;
            LatencyHistogram first;
            LatencyHistogram second;
            for (int i = 0; i < 10'000; ++i) {
                times.push_back(std::int64_t(distribution(random)));
                (i % 3 == 0 ? first : second).add(microseconds(times.back()));
            }
            first += second;
            std::sort(times.begin(), times.end());
            for (const double part : {0.01, 0.5, 0.95, 0.99, 1.0}) {
                const auto truth = double(times[std::size_t(std::ceil(part * 10'000)) - 1]);
                const auto estimate = first.quantile(part);
                QVERIFY(estimate);
                if (truth > 163'840'000) {
                    QCOMPARE(*estimate, microseconds(163'840'000));
                } else if (truth <= 10'000) {
                    QVERIFY(std::abs(double(estimate->count()) - truth) <= 10'000);
                } else {
                    const double factor = double(estimate->count()) / truth;
                    QVERIFY2(factor <= 2 && factor >= 0.5, qPrintable(QString::number(factor)));
                }
            }
        }
    }

    void saysThatItIsAboveTheLastBound()
    {
        LatencyHistogram histogram;
        histogram.add(300s);
        QCOMPARE(*histogram.quantile(0.5), microseconds(163'840'000));
    }
};

QTEST_GUILESS_MAIN(TestLatencyHistogram)
#include "tst_latency_histogram.moc"
