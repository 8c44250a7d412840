#include "tests/support/sample_gateway.h"
#include "ui/models/gateway_feed.h"
#include "ui/pages/requests/requests_presenter.h"
#include "ui/shell/desktop_application.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::ui;

namespace {

struct Fixture
{
    tests::FakeGatewayControl gateway;
    GatewayFeed feed{gateway};
    RequestsPresenter presenter{feed};

    Fixture() { tests::fillSample(gateway); }
};

} // namespace

class TestRequestsPresenter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { DesktopApplication::prepare(); }

    void readsNothingUnlessActiveAndAtMostFourTimesASecond()
    {
        Fixture fixture;
        const auto *timer = fixture.presenter.findChild<QTimer *>();
        QCOMPARE(fixture.gateway.requestReads, 0);
        QVERIFY(!timer->isActive());
        fixture.presenter.setActive(true);
        QCOMPARE(fixture.gateway.requestReads, 1);
        QVERIFY(timer->isActive());
        QVERIFY(timer->intervalAsDuration() >= std::chrono::milliseconds(250));
        fixture.presenter.setActive(false);
        QVERIFY(!timer->isActive());
    }

    void takesOnlyNewRows()
    {
        Fixture fixture;
        const QAbstractItemModelTester tester(
            &fixture.presenter.rows(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        fixture.presenter.setActive(true);
        QCOMPARE(fixture.presenter.rows().rowCount(), 12);
        fixture.gateway.requests.insert(fixture.gateway.requests.begin(), tests::aRequest(13));
        QTRY_COMPARE(fixture.presenter.rows().rowCount(), 13);
    }

    void aHeldListStandsStill()
    {
        Fixture fixture;
        fixture.presenter.setActive(true);
        fixture.presenter.setHeld(true);
        QVERIFY(!fixture.presenter.findChild<QTimer *>()->isActive());
        fixture.gateway.requests.insert(fixture.gateway.requests.begin(), tests::aRequest(13));
        fixture.presenter.setHeld(false);
        QCOMPARE(fixture.presenter.rows().rowCount(), 13);
    }

    void filterNeedsAllWordsInAnyColumn()
    {
        Fixture fixture;
        fixture.presenter.setActive(true);
        fixture.presenter.setFilter(u"google 429"_s);
        QCOMPARE(fixture.presenter.rows().rowCount(), 1);
        QCOMPARE(fixture.presenter.countText(), u"1 of 12 requests"_s);
        fixture.presenter.setFilter(u"groq 429"_s);
        QCOMPARE(fixture.presenter.rows().rowCount(), 0);
        fixture.presenter.setFilter({});
        QCOMPARE(fixture.presenter.countText(), u"12 requests"_s);
    }

    void detailsAndCopyBelongToTheFilteredRow()
    {
        Fixture fixture;
        fixture.presenter.setActive(true);
        fixture.presenter.setFilter(u"google"_s);
        QCOMPARE(fixture.presenter.details(0).front().second, u"req_10"_s);
        QVERIFY(fixture.presenter.errorText(0).contains(u"limit"_s));
        fixture.presenter.copyRow(0);
        QVERIFY(QGuiApplication::clipboard()->text().contains(u"gemini-2.5-flash"_s));
        QVERIFY(fixture.presenter.details(5).empty());
    }
};

QTEST_MAIN(TestRequestsPresenter)
#include "tst_requests_presenter.moc"
