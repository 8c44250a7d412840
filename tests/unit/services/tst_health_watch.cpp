#include "core/services/health/health_watch.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sample_catalog.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::services;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using catalog::Tier;
using health::CallFailure;
using interfaces::BrownoutStatus;
using interfaces::CircuitLevel;
using interfaces::HealthSample;

namespace {

/// Two providers that are configured, one that has no key, and a local one.
struct Fixture
{
    ManualClock clock;
    health::HealthTable table{clock, [] { return 0.0; }};
    std::shared_ptr<relay::RelayConfig> config = std::make_shared<relay::RelayConfig>();
    int changes = 0;
    HealthWatch watch{
        {table, clock, [this] { return config; }, [this] { ++changes; }},
        std::chrono::milliseconds(0)};
    QByteArray key = "k1";

    Fixture()
    {
        config->catalog = std::make_shared<catalog::Catalog>(
            std::vector{
                aProvider("a"),
                aProvider("b"),
                aProvider("keyless"),
                aProvider("home", Tier::Local)},
            std::vector{aModel("a/m"), aModel("b/m"), aModel("home/m", Tier::Local)},
            std::vector<catalog::Alias>{});
        for (const catalog::Provider &provider : config->catalog->providers()) {
            config->endpoints.push_back({&provider, {key}, std::nullopt, false});
        }
        config->endpoints[2].barred = routing::Disqualified::NoKey;
    }

    void call(const QByteArray &provider, bool answered, int times = 1)
    {
        const auto models = config->catalog->modelsOf(provider);
        for (int i = 0; i < times; ++i) {
            auto admitted = table.admit(
                {*config->catalog->provider(provider), *models.front(), key},
                {},
                health::Need::LastResort);
            auto &ticket = std::get<health::CallTicket>(admitted);
            answered ? ticket.succeeded({250ms, nullptr}) : ticket.failed(CallFailure::Network);
        }
    }

    void advance(common::Duration time)
    {
        for (common::Duration past{0}; past < time; past += HealthTrend::step) {
            clock.advance(HealthTrend::step);
            watch.tick();
        }
    }
};

} // namespace

class TestHealthWatch final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsWhatTheTableKnows()
    {
        Fixture fixture;
        fixture.watch.tick();
        QVERIFY(fixture.watch.figures("a").samples.empty());
        fixture.call("a", true);
        fixture.call("a", false, 4);
        fixture.watch.tick();
        const HealthSample sample = *fixture.watch.figures("a").samples.back();
        QCOMPARE(sample.underWay, 0);
        QCOMPARE(sample.errorRate, 0.8);
        QCOMPARE(sample.circuit, CircuitLevel::Open);
        QCOMPARE(sample.unwell, 1);
        QCOMPARE(sample.circuits, 1);
        QVERIFY(sample.ttftP50 > 230ms && sample.ttftP50 < 270ms);
        QVERIFY(*sample.limit < health::ConcurrencyLimit::initial);
    }

    void countsCallsUnderWay()
    {
        Fixture fixture;
        const catalog::Model &model = *fixture.config->catalog->modelsOf("a").front();
        const auto admitted = fixture.table.admit(
            {*fixture.config->catalog->provider("a"), model, fixture.key}, {});
        fixture.watch.tick();
        QCOMPARE(fixture.watch.figures("a").samples.back()->underWay, 1);
        QCOMPARE(fixture.watch.figures("a").samples.back()->errorRate, std::nullopt);
    }

    void aLocalProviderHasNoLimit()
    {
        Fixture fixture;
        fixture.call("home", true);
        fixture.watch.tick();
        QCOMPARE(fixture.watch.figures("home").samples.back()->limit, std::nullopt);
        QCOMPARE(fixture.watch.figures("home").samples.back()->errorRate, 0.0);
    }

    void aBrownoutBeginsWhenMostProvidersFailAndEndsWhenTheyAreWell()
    {
        Fixture fixture;
        fixture.call("a", false, 19);
        fixture.watch.tick();
        QVERIFY(!fixture.table.isBrownout()); // one call too few
        fixture.call("b", true);
        QTest::ignoreMessage(
            QtWarningMsg,
            "brownout: 1 of 2 providers and 95 % of 20 calls fail; batch requests are put off");
        fixture.watch.tick();
        QVERIFY(fixture.table.isBrownout());
        QVERIFY((fixture.watch.brownout() == BrownoutStatus{true, 1, 2}));
        QCOMPARE(fixture.changes, 1);
        fixture.watch.tick();
        QCOMPARE(fixture.changes, 1); // nothing new

        // 30 seconds until nothing is open any more, and three minutes of calm behind the errors.
        fixture.advance(4min - HealthTrend::step);
        QVERIFY(fixture.table.isBrownout());
        QCOMPARE(fixture.changes, 2); // nobody is open any more
        QTest::ignoreMessage(QtInfoMsg, "brownout over: nothing is left out any more");
        fixture.advance(HealthTrend::step);
        QVERIFY(!fixture.table.isBrownout());
        QCOMPARE(fixture.changes, 3);
    }

    void localProvidersCountForNothing()
    {
        Fixture fixture;
        fixture.config->endpoints[1].barred = routing::Disqualified::NoKey;
        fixture.call("home", false, 100);
        fixture.call("a", true, 20);
        fixture.watch.tick();
        QVERIFY(!fixture.table.isBrownout());
        QVERIFY((fixture.watch.brownout() == BrownoutStatus{false, 0, 1}));
    }

    void theSettingsAreObeyedAtOnce()
    {
        Fixture fixture;
        settings::BrownoutSettings settings;
        settings.minimumCalls = 5;
        settings.enterShare = 51;
        fixture.watch.follow(settings);
        fixture.call("a", false, 5);
        fixture.watch.tick();
        QVERIFY(!fixture.table.isBrownout()); // one of two
        settings.enterShare = 50;
        fixture.watch.follow(settings);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("brownout: 1 of 2")));
        fixture.watch.tick();
        QVERIFY(fixture.table.isBrownout());
        settings.enabled = false;
        fixture.watch.follow(settings);
        QTest::ignoreMessage(QtInfoMsg, QRegularExpression(QStringLiteral("brownout over")));
        fixture.watch.tick();
        QVERIFY(!fixture.table.isBrownout());
    }

    void looksSoonAfterARequestWhileSomethingFails()
    {
        Fixture fixture;
        settings::BrownoutSettings settings;
        settings.minimumCalls = 5;
        fixture.watch.follow(settings);
        fixture.watch.record({});
        for (int i = 0; i < 3; ++i) { // a queued call, a timer, and what they would start
            QCoreApplication::processEvents();
        }
        QCOMPARE(fixture.watch.brownout().configured, 0); // nothing fails, so nobody looked
        fixture.call("a", false, 5);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("brownout: 1 of 2")));
        fixture.watch.record({});
        fixture.watch.record({});
        QTRY_VERIFY(fixture.table.isBrownout());
    }
};

QTEST_GUILESS_MAIN(TestHealthWatch)
#include "tst_health_watch.moc"
