#include "tests/support/sample_gateway.h"
#include "ui/models/gateway_feed.h"
#include "ui/pages/providers/health_presenter.h"
#include "ui/shell/desktop_application.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using namespace freerelay;
using namespace freerelay::ui;
using interfaces::CircuitLevel;

namespace {

struct Fixture
{
    tests::FakeGatewayControl gateway;
    GatewayFeed feed{gateway};
    HealthPresenter presenter{feed, 1ms};

    Fixture()
    {
        tests::fillSample(gateway);
        presenter.setProvider("groq");
    }
    interfaces::HealthSample &last() { return *gateway.healths["groq"].samples.back(); }
};

} // namespace

class TestHealthPresenter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { DesktopApplication::prepare(); }

    void asksNothingWhileNobodyLooks()
    {
        Fixture fixture;
        fixture.presenter.setProvider("google");
        QCOMPARE(fixture.gateway.healthReads, 0);
        fixture.presenter.setActive(true);
        QTRY_VERIFY(fixture.gateway.healthReads > 3);
        fixture.presenter.setActive(false);
        const int reads = fixture.gateway.healthReads;
        for (int i = 0; i < 3; ++i) {
            QCoreApplication::processEvents();
        }
        QCOMPARE(fixture.gateway.healthReads, reads);
    }

    void saysNothingWhenNothingChanged()
    {
        Fixture fixture;
        const QSignalSpy changes(&fixture.presenter, &HealthPresenter::changed);
        fixture.presenter.setActive(true);
        QTRY_VERIFY(fixture.gateway.healthReads > 5);
        QCOMPARE(changes.count(), 1);
        fixture.last().underWay += 1;
        QTRY_COMPARE(changes.count(), 2);
    }

    void showsTheSelectedProvider()
    {
        Fixture fixture;
        QCOMPARE(fixture.presenter.spanText(), QString());
        fixture.presenter.setActive(true);
        QVERIFY(!fixture.presenter.picture().isEmpty);
        QCOMPARE(fixture.presenter.spanText(), u"The last 15 minutes, as of 17:20:00"_s);
        fixture.presenter.setProvider("mistral"); // not called yet
        QVERIFY(fixture.presenter.picture().isEmpty);
        QCOMPARE(fixture.presenter.spanText(), QString());
    }

    void chartsTellWhatWasSampled()
    {
        const HealthPicture picture = HealthCharts::of(tests::someHealth());
        QCOMPARE(picture.ttft.steps, 180);
        QCOMPARE(picture.ttft.series.size(), std::size_t(2));
        QVERIFY(!picture.ttft.series[0].values[29]);
        QVERIFY(*picture.ttft.series[0].values[30] > 350);
        QVERIFY(*picture.ttft.series[1].values[30] > 900);
        QCOMPARE(picture.errors.unit, ChartUnit::Share);
        QVERIFY(!picture.errors.series[0].values[115]);
        QCOMPARE(*picture.errors.series[0].values[125], 0.8);
        QCOMPARE(picture.calls.kind, ChartKind::Steps);
        QCOMPARE(picture.calls.series.size(), std::size_t(2));
        QCOMPARE(*picture.calls.series[0].values[179], 4.0);
        QCOMPARE(*picture.calls.series[1].values[100], 3.0);
    }

    void aLimitThatDoesNotExistHasNoLine()
    {
        auto figures = tests::someHealth();
        for (auto &sample : figures.samples) {
            if (sample) {
                sample->limit.reset();
            }
        }
        QCOMPARE(HealthCharts::of(figures).calls.series.size(), std::size_t(1));
    }

    void bandsTellTheStateOfTheCircuits()
    {
        const HealthPicture picture = HealthCharts::of(tests::someHealth());
        const std::vector<ChartBand> expected{
            {u"Circuits closed"_s, Tone::Good, 30, 95},
            {u"A circuit open"_s, Tone::Bad, 96, 121},
            {u"A circuit half open"_s, Tone::Warning, 122, 129},
            {u"Circuits closed"_s, Tone::Good, 130, 179}};
        QVERIFY(picture.errors.bands == expected);
        QVERIFY(picture.ttft.bands == expected);
        QVERIFY(picture.calls.bands == expected);
    }

    void statesAreToldInWords_data()
    {
        QTest::addColumn<int>("level");
        QTest::addColumn<int>("unwell");
        QTest::addColumn<QString>("text");
        const auto add = [](const char *name, CircuitLevel level, int unwell, const QString &text) {
            QTest::newRow(name) << int(level) << unwell << text;
        };
        add("well", CircuitLevel::Closed, 0, u"Answers as usual"_s);
        add("some fail",
            CircuitLevel::Open,
            2,
            u"Of 3 models in use, 2 fail; requests for these go elsewhere"_s);
        add("all fail", CircuitLevel::Open, 3, u"Fails; requests go elsewhere"_s);
        add("some tried",
            CircuitLevel::HalfOpen,
            1,
            u"Of 3 models in use, 1 failed and are tried again"_s);
        add("all tried",
            CircuitLevel::HalfOpen,
            3,
            u"Failed, and is tried again with one request at a time"_s);
    }

    void statesAreToldInWords()
    {
        QFETCH(int, level);
        QFETCH(int, unwell);
        auto figures = tests::someHealth();
        figures.samples.back()->circuit = CircuitLevel(level);
        figures.samples.back()->unwell = unwell;
        QTEST(HealthCharts::of(figures).sentence, "text");
        QCOMPARE(HealthCharts::of(figures).circuit, CircuitLevel(level));
    }
};

QTEST_MAIN(TestHealthPresenter)
#include "tst_health_presenter.moc"
