#include "core/health/health_table.h"
#include "core/services/health/health_trend.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sample_catalog.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::services;
using namespace std::chrono_literals;
using health::ProviderView;
using interfaces::CircuitLevel;
using interfaces::HealthFigures;
using interfaces::HealthSample;

namespace {

/// A trend of one provider, of which the test tells what was counted.
struct Fixture
{
    tests::ManualClock clock;
    HealthTrend trend;
    ProviderView view;

    Fixture() { view.provider = "acme"; }

    void note() { trend.add({view}, clock.now(), clock.wallNow()); }
    void note(std::uint64_t answered, std::uint64_t failed)
    {
        view.answered += answered;
        view.failed += failed;
        note();
        clock.advance(HealthTrend::step);
    }
    [[nodiscard]] std::optional<HealthSample> last() const
    {
        const HealthFigures figures = trend.figures("acme");
        return figures.samples.empty() ? std::nullopt : figures.samples.back();
    }
};

QDateTime in2026(int hour, int minute, int second)
{
    return {QDate(2026, 11, 24), QTime(hour, minute, second), Qt::UTC};
}

} // namespace

class TestHealthTrend final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsNothingOfWhoWasNotCalled()
    {
        Fixture fixture;
        QVERIFY(fixture.trend.figures("acme").samples.empty());
        fixture.note(1, 0);
        QVERIFY(fixture.trend.figures("other").samples.empty());
    }

    void endsWithTheLatestNote()
    {
        Fixture fixture; // 2026-11-24 01:00:00
        fixture.clock.advance(2s);
        fixture.view.inFlight = 1;
        fixture.note();
        fixture.clock.advance(4s); // another step
        fixture.view.inFlight = 2;
        fixture.note();
        fixture.clock.advance(1s); // the same one
        fixture.view.inFlight = 3;
        fixture.note();
        const HealthFigures figures = fixture.trend.figures("acme");
        QCOMPARE(int(figures.samples.size()), HealthTrend::steps);
        QCOMPARE(figures.start.toUTC().addSecs((HealthTrend::steps - 1) * 5), in2026(1, 0, 5));
        QCOMPARE(figures.samples.back()->underWay, 3);
        QCOMPARE(figures.samples[HealthTrend::steps - 2]->underWay, 1);
        QVERIFY(!figures.samples[HealthTrend::steps - 3]);
    }

    void stepsWithoutANoteAreGaps()
    {
        Fixture fixture;
        fixture.note(1, 0);
        fixture.clock.advance(HealthTrend::step);
        fixture.note(1, 0);
        const auto samples = fixture.trend.figures("acme").samples;
        QVERIFY(samples[HealthTrend::steps - 1]);
        QVERIFY(!samples[HealthTrend::steps - 2]);
        QVERIFY(samples[HealthTrend::steps - 3]);
    }

    void forgetsWhatIsOlderThanAQuarterOfAnHour()
    {
        Fixture fixture;
        fixture.note(0, 1);
        for (int i = 1; i < HealthTrend::steps; ++i) {
            fixture.note(1, 0);
        }
        QCOMPARE(fixture.trend.figures("acme").samples.front()->errorRate, 1.0);
        for (int i = 0; i < 3 * HealthTrend::steps; ++i) {
            fixture.note(1, 0);
        }
        const auto samples = fixture.trend.figures("acme").samples;
        QCOMPARE(int(samples.size()), HealthTrend::steps);
        // Also the oldest that is shown knows what had been counted before it.
        for (const auto &sample : samples) {
            QCOMPARE(sample->errorRate, 0.0);
        }
    }

    void errorsAreThoseOfTheMinuteBefore()
    {
        Fixture fixture;
        fixture.note(3, 1);
        QCOMPARE(fixture.last()->errorRate, 0.25);
        for (int i = 1; i < HealthTrend::rateSteps; ++i) {
            fixture.note(0, 0);
        }
        QCOMPARE(fixture.last()->errorRate, 0.25); // 55 seconds later
        fixture.note(0, 0);
        QCOMPARE(fixture.last()->errorRate, std::nullopt); // a minute later
        fixture.note(0, 2);
        QCOMPARE(fixture.last()->errorRate, 1.0);
    }

    void tellsWhatTheTableKnows()
    {
        Fixture fixture;
        fixture.view.worst = health::CircuitState::HalfOpen;
        fixture.view.targets = 3;
        fixture.view.openTargets = 2;
        fixture.view.limit = 7;
        fixture.view.inFlight = 4;
        fixture.view.ttft.p50 = 120ms;
        fixture.view.ttft.p95 = 900ms;
        fixture.note();
        const HealthSample sample = *fixture.last();
        QCOMPARE(sample.circuit, CircuitLevel::HalfOpen);
        QCOMPARE(sample.circuits, 3);
        QCOMPARE(sample.unwell, 2);
        QCOMPARE(sample.limit, 7);
        QCOMPARE(sample.underWay, 4);
        QVERIFY(sample.ttftP50 == 120ms);
        QVERIFY(sample.ttftP95 == 900ms);
        fixture.view.limit = 0; // there is none
        fixture.view.worst = health::CircuitState::Open;
        fixture.note();
        QCOMPARE(fixture.last()->limit, std::nullopt);
        QCOMPARE(fixture.last()->circuit, CircuitLevel::Open);
    }

    void quantilesOfAProviderAreThoseOfAllItsModels()
    {
        tests::ManualClock clock;
        health::HealthTable table(clock, [] { return 0.0; });
        const catalog::Provider provider = tests::aProvider("acme");
        const catalog::Model fast = tests::aModel("acme/a");
        const catalog::Model slow = tests::aModel("acme/b");
        const QByteArray key("k1");
        for (int i = 0; i < 10; ++i) {
            const bool isSlow = i == 9;
            auto admitted = table.admit({provider, isSlow ? slow : fast, key}, {});
            std::get<health::CallTicket>(admitted).succeeded({isSlow ? 4s : 100ms, nullptr});
        }
        const ProviderView view = table.view().providers.front();
        QVERIFY(view.ttft.p50 < 110ms);
        QVERIFY(view.ttft.p95 > 3'700ms);
        QCOMPARE(view.answered, std::uint64_t(10));
        QCOMPARE(view.limit, 2 * health::ConcurrencyLimit::initial);
    }
};

QTEST_GUILESS_MAIN(TestHealthTrend)
#include "tst_health_trend.moc"
