#include "tests/support/fake_gateway_control.h"
#include "tests/support/sample_activity.h"
#include "ui/models/gateway_feed.h"
#include "ui/pages/overview/activity_presenter.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using namespace freerelay;
using namespace freerelay::ui;
using interfaces::RequestStats;
using interfaces::StatsWindow;

namespace {

QDateTime noon()
{
    return {QDate(2026, 11, 24), QTime(12, 0), Qt::UTC};
}

RequestStats twoPoints()
{
    RequestStats stats;
    stats.until = noon().addSecs(30);
    stats.from = noon().addSecs(-240);
    stats.step = 60s;
    interfaces::StatsFigures figures;
    figures.requests = 10;
    figures.failed = 2;
    figures.clientLeft = 1;
    figures.promptTokens = 900;
    figures.completionTokens = 100;
    figures.ttfts = 4'000'000us;
    figures.ttftCount = 8;
    stats.series = {{stats.from, figures}, {noon(), figures}};
    stats.totals = figures;
    stats.totals.requests = 20;
    return stats;
}

} // namespace

/// What the charts of the overview show, and how seldom the record is asked for it.
class TestActivityPresenter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void asksNothingBeforeItIsShownNorAfter()
    {
        Fixture fixture;
        fixture.happen(100);
        QVERIFY(!fixture.pacesPass(5));
        QCOMPARE(fixture.gateway.past.statsQuestions, 0);
        fixture.presenter.setActive(true);
        QCOMPARE(fixture.gateway.past.statsQuestions, 1);
        fixture.presenter.setActive(false);
        fixture.happen(100);
        QSignalSpy changed(&fixture.presenter, &ActivityPresenter::changed);
        QVERIFY(!fixture.pacesPass(5));
        QCOMPARE(fixture.gateway.past.statsQuestions, 1);
        QCOMPARE(changed.count(), 0); // the answer came too late to be of use
    }

    void asksOnceAPaceHoweverMuchHappens()
    {
        Fixture fixture(200ms);
        fixture.presenter.setActive(true);
        for (int i = 0; i < 500; ++i) {
            fixture.happen(1);
        }
        QCOMPARE(fixture.gateway.past.statsQuestions, 1);
        QTRY_COMPARE(fixture.gateway.past.statsQuestions, 2);
    }

    void asksAgainForWhatWasNotYetRecorded()
    {
        Fixture fixture;
        fixture.presenter.setActive(true);
        fixture.happen(1);
        QTRY_COMPARE(fixture.gateway.past.statsQuestions, 3);
        QVERIFY(!fixture.pacesPass(5));
        QCOMPARE(fixture.gateway.past.statsQuestions, 3); // nothing more has happened
    }

    void asksNowAndThenBecauseTimeGoesOn()
    {
        Fixture fixture(1ms);
        fixture.presenter.setActive(true);
        QTRY_VERIFY(fixture.gateway.past.statsQuestions >= 2);
    }

    void asksForTheWindowThatIsShown()
    {
        Fixture fixture;
        fixture.presenter.setWindow(StatsWindow::Quarter);
        QCOMPARE(fixture.gateway.past.statsQuestions, 0);
        fixture.presenter.setActive(true);
        QVERIFY(fixture.gateway.past.lastStats.window == StatsWindow::Quarter);
        fixture.presenter.setWindow(StatsWindow::Hour);
        QVERIFY(fixture.gateway.past.lastStats.window == StatsWindow::Hour);
        QCOMPARE(fixture.gateway.past.statsQuestions, 2);
    }

    void showsStepsWithoutRequestsAsGaps()
    {
        const Activity activity = ActivityFigures::of(twoPoints(), {});
        QVERIFY(!activity.isEmpty);
        QCOMPARE(activity.requests.steps, 5);
        QCOMPARE(activity.requests.series.size(), std::size_t(3));
        const auto &answered = activity.requests.series[0].values;
        QCOMPARE(answered[0].value_or(0), 7.0);
        QVERIFY(!answered[1] && !answered[2] && !answered[3]);
        QCOMPARE(answered[4].value_or(0), 7.0);
        QCOMPARE(activity.requests.series[1].values[0].value_or(0), 2.0);
        QCOMPARE(activity.ttft.series[0].values[0].value_or(0), 500.0);
        QVERIFY(!activity.ttft.series[0].values[2]);
    }

    void showsPercentilesOnceTheyAreCounted()
    {
        const Activity activity = ActivityFigures::of(tests::someActivity(noon()), {});
        QCOMPARE(activity.ttft.series.size(), std::size_t(3));
        QCOMPARE(activity.figures[2].value, u"340 ms"_s);
        QVERIFY(activity.figures[2].caption.contains(u"median"_s));
        const Activity before = ActivityFigures::of(twoPoints(), {});
        QCOMPARE(before.ttft.series.size(), std::size_t(1));
        QVERIFY(before.figures[2].caption.contains(u"mean"_s));
    }

    void sumsUpTheProvidersThatHaveNoColour()
    {
        RequestStats stats = twoPoints();
        for (int i = 0; i < 8; ++i) {
            interfaces::StatsFigures figures;
            figures.promptTokens = 10 * (i + 1);
            stats.lines.push_back({u"p%1"_s.arg(i), {{stats.from, figures}}});
        }
        const Activity activity = ActivityFigures::of(stats, {{u"p7"_s, u"Seven"_s}});
        QCOMPARE(activity.tokens.series.size(), ActivityFigures::maxProviders + 1);
        QCOMPARE(activity.tokens.series[0].name, u"Seven"_s);
        double sum = 0;
        for (const ChartSeries &series : activity.tokens.series) {
            sum += series.values[0].value_or(0);
        }
        QCOMPARE(sum, 1'000.0);
    }

    void saysWhyThereAreNoFigures()
    {
        Fixture fixture;
        fixture.gateway.past.error = common::Error{
            common::ErrorKind::StorageFailed, u"The disk is full."_s};
        fixture.presenter.setActive(true);
        QVERIFY(fixture.presenter.isLoading());
        QTRY_COMPARE(fixture.presenter.problem(), u"The disk is full."_s);
        fixture.gateway.past.error.reset();
        fixture.happen(1);
        QTRY_COMPARE(fixture.presenter.problem(), QString());
        QVERIFY(!fixture.presenter.asOfText().isEmpty());
    }

    void aWindowWithoutRequestsIsEmpty() { QVERIFY(ActivityFigures::of({}, {}).isEmpty); }

private:
    struct Fixture
    {
        tests::FakeGatewayControl gateway;
        GatewayFeed feed{gateway};
        ActivityPresenter presenter;

        explicit Fixture(std::chrono::milliseconds pace = 10ms)
            : presenter(feed, pace)
        {
            gateway.past.figures = tests::someActivity(noon());
        }
        void happen(quint64 requests)
        {
            gateway.now.requestsTotal += requests;
            feed.refresh();
        }
        /// Whether a question was asked within so many paces.
        [[nodiscard]] bool pacesPass(int paces)
        {
            const int before = gateway.past.statsQuestions;
            return QTest::qWaitFor(
                [&] { return gateway.past.statsQuestions != before; }, paces * 10);
        }
    };
};

QTEST_MAIN(TestActivityPresenter)
#include "tst_activity_presenter.moc"
