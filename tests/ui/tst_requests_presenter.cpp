#include "tests/support/sample_gateway.h"
#include "ui/models/gateway_feed.h"
#include "ui/pages/requests/requests_presenter.h"
#include "ui/shell/desktop_application.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QSignalSpy>
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

    [[nodiscard]] RequestTableModel &rows() { return presenter.rows(); }

    /// A request ends now: the gateway remembers it, and some time later it is recorded.
    void happen(quint64 sequence, const QString &requestId = {})
    {
        auto row = tests::aRequest(sequence);
        row.requestId = requestId.isEmpty() ? row.requestId : requestId;
        gateway.requests.insert(gateway.requests.begin(), row);
    }

    /// The first row is looked into, and its kept prompt sent again: as "req_new".
    [[nodiscard]] bool askAgain()
    {
        const QString id = rows().row(0)->requestId;
        gateway.past.known[id].texts = interfaces::RequestTexts{u"{}"_s, false, {}, false};
        presenter.select(0);
        RequestInspector &inspector = presenter.inspector();
        if (!QTest::qWaitFor([&] { return inspector.canAskAgain(); })) {
            return false;
        }
        inspector.askAgain();
        return QTest::qWaitFor([&] { return inspector.note().contains("req_new"_L1); });
    }

    /// `count` recorded ones that are older than what the gateway remembers.
    void addRecorded(int count)
    {
        for (int i = 0; i < count; ++i) {
            auto row = tests::aRequest(0);
            row.requestId = u"old_%1"_s.arg(i);
            row.time = row.time.addSecs(-i - 1);
            gateway.past.rows.push_back(row);
        }
    }

    [[nodiscard]] bool load()
    {
        presenter.setActive(true);
        return QTest::qWaitFor([this] { return !presenter.isLoading(); });
    }
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
        QTimer *timer = nullptr;
        for (QTimer *child : fixture.presenter.findChildren<QTimer *>()) {
            timer = child->isSingleShot() ? timer : child;
        }
        QCOMPARE(fixture.gateway.requestReads + fixture.gateway.past.pages, 0);
        QVERIFY(!timer->isActive());
        fixture.presenter.setActive(true);
        QCOMPARE(fixture.gateway.requestReads, 1);
        QVERIFY(timer->isActive());
        QVERIFY(timer->intervalAsDuration() >= std::chrono::milliseconds(250));
        fixture.presenter.setActive(false);
        QVERIFY(!timer->isActive());
    }

    void showsLiveRowsAtOnceAndTheRecordedOnesBelowEachOnce()
    {
        Fixture fixture;
        const QAbstractItemModelTester tester(
            &fixture.rows(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        fixture.addRecorded(20);
        fixture.presenter.setActive(true);
        QCOMPARE(fixture.rows().rowCount(), 12);
        QVERIFY(fixture.presenter.isLoading());
        QTRY_COMPARE(fixture.rows().rowCount(), 32);
        QCOMPARE(fixture.rows().row(31)->requestId, u"old_19"_s);
        QCOMPARE(fixture.presenter.countText(), u"32 requests"_s);
    }

    void takesOnlyNewRows()
    {
        Fixture fixture;
        QVERIFY(fixture.load());
        QCOMPARE(fixture.rows().rowCount(), 12);
        fixture.happen(13);
        QTRY_COMPARE(fixture.rows().rowCount(), 13);
        QCOMPARE(fixture.rows().row(0)->requestId, u"req_13"_s);
    }

    void olderPagesComeWhenTheViewAsksForThem()
    {
        Fixture fixture;
        constexpr int recorded = 1'000;
        fixture.addRecorded(recorded);
        QVERIFY(fixture.load());
        QVERIFY(fixture.rows().canFetchMore({}));
        QVERIFY(fixture.presenter.countText().startsWith(u"More than "_s));
        while (fixture.rows().canFetchMore({})) {
            const int before = fixture.rows().rowCount();
            fixture.rows().fetchMore({});
            QTRY_VERIFY(fixture.rows().rowCount() > before);
        }
        QCOMPARE(fixture.rows().rowCount(), recorded + 12);
        QCOMPARE(fixture.presenter.countText(), u"1012 requests"_s);
    }

    void aHundredThousandRowsAreWithinReach()
    {
        Fixture fixture;
        fixture.addRecorded(RequestTableModel::capacity + 1'000);
        QVERIFY(fixture.load());
        while (fixture.rows().canFetchMore({})) {
            const int before = fixture.rows().rowCount();
            fixture.rows().fetchMore({});
            QTRY_VERIFY(fixture.rows().rowCount() > before);
        }
        QCOMPARE(fixture.rows().rowCount(), RequestTableModel::capacity);
    }

    void aPageOfKnownRowsIsFollowedByTheNextOne()
    {
        Fixture fixture;
        fixture.gateway.requests.clear();
        fixture.gateway.past.rows.clear();
        for (quint64 sequence = RequestsPresenter::liveRows; sequence > 0; --sequence) {
            fixture.gateway.requests.push_back(tests::aRequest(sequence));
        }
        fixture.gateway.past.rows = fixture.gateway.requests;
        fixture.addRecorded(5);
        fixture.presenter.setActive(true);
        QTRY_COMPARE(fixture.rows().rowCount(), RequestsPresenter::liveRows + 5);
        QCOMPARE(fixture.gateway.past.pages, 2);
    }

    void aHeldListStandsStillAndCounts()
    {
        Fixture fixture;
        QVERIFY(fixture.load());
        fixture.presenter.setHeld(true);
        fixture.happen(13);
        fixture.happen(14);
        QTRY_COMPARE(fixture.presenter.countText(), u"12 requests · 2 new"_s);
        QCOMPARE(fixture.rows().rowCount(), 12);
        fixture.presenter.setHeld(false);
        QCOMPARE(fixture.rows().rowCount(), 14);
        QCOMPARE(fixture.presenter.countText(), u"14 requests"_s);
    }

    void whatTheGatewayForgotMeanwhileIsReadFromTheRecord()
    {
        Fixture fixture;
        QVERIFY(fixture.load());
        fixture.presenter.setActive(false);
        auto forgotten = tests::aRequest(13);
        fixture.gateway.requests = {tests::aRequest(15), tests::aRequest(14)};
        fixture.gateway.past.rows.insert(fixture.gateway.past.rows.begin(), forgotten);
        QVERIFY(fixture.load());
        QTRY_COMPARE(fixture.rows().rowCount(), 15);
        QCOMPARE(fixture.rows().row(2)->requestId, u"req_13"_s);
    }

    void theFilterHoldsForLiveAndRecordedRows()
    {
        Fixture fixture;
        QVERIFY(fixture.load());
        interfaces::RequestFilter filter;
        filter.statusClass = interfaces::StatusClass::Failed;
        fixture.presenter.setFilter(filter);
        QTRY_VERIFY(!fixture.presenter.isLoading());
        QCOMPARE(fixture.rows().rowCount(), 1);
        QVERIFY(fixture.gateway.past.lastFilter == filter);
        fixture.happen(13);
        auto failed = tests::aRequest(14);
        failed.status = 503;
        fixture.gateway.requests.insert(fixture.gateway.requests.begin(), failed);
        QTRY_COMPARE(fixture.rows().rowCount(), 2);
        fixture.presenter.setFilter({});
        QTRY_COMPARE(fixture.rows().rowCount(), 14);
    }

    void anAnswerToAnEarlierFilterIsNotShown()
    {
        Fixture fixture;
        fixture.addRecorded(3);
        fixture.presenter.setActive(true);
        interfaces::RequestFilter filter;
        filter.provider = u"nobody"_s;
        fixture.presenter.setFilter(filter); // before the first page has come
        QTRY_VERIFY(!fixture.presenter.isLoading());
        QCOMPARE(fixture.rows().rowCount(), 0);
    }

    void aRecordThatCannotBeReadIsToldAndTheLiveRowsStay()
    {
        Fixture fixture;
        fixture.gateway.past.error = common::Error{
            common::ErrorKind::StorageFailed, u"The disk is full."_s};
        QVERIFY(fixture.load());
        QCOMPARE(fixture.presenter.problem(), u"The disk is full."_s);
        QCOMPARE(fixture.rows().rowCount(), 12);
        fixture.happen(13);
        QTRY_COMPARE(fixture.rows().rowCount(), 13);
    }

    void namesToChooseFromAreThoseThatOccur()
    {
        Fixture fixture;
        fixture.gateway.past.figures.providers = {{u"groq"_s}, {QString()}, {u"google"_s}};
        fixture.gateway.past.figures.apps = {{u"claude-cli"_s}};
        const QSignalSpy spy(&fixture.presenter, &RequestsPresenter::choicesChanged);
        fixture.presenter.setActive(true);
        QTRY_COMPARE(spy.count(), 1);
        QCOMPARE(fixture.presenter.choices().providers, QStringList({u"groq"_s, u"google"_s}));
        QCOMPARE(fixture.presenter.choices().apps, QStringList(u"claude-cli"_s));
    }

    void whatWasAskedAgainIsWantedOnceItHasEnded()
    {
        Fixture fixture;
        QVERIFY(fixture.load());
        const QSignalSpy wanted(&fixture.presenter, &RequestsPresenter::rowWanted);
        QVERIFY(fixture.askAgain());
        fixture.happen(13); // another one
        QTRY_COMPARE(fixture.rows().rowCount(), 13);
        fixture.presenter.select(1); // as a view does when rows come before the selected one
        QCOMPARE(wanted.count(), 0);
        fixture.happen(14, u"req_new"_s);
        QTRY_COMPARE(wanted.count(), 1);
        QCOMPARE(wanted.first().first().toInt(), 0);
        fixture.happen(15);
        QTRY_COMPARE(fixture.rows().rowCount(), 15);
        QCOMPARE(wanted.count(), 1);
    }

    void whatWasAskedAgainMayEndBeforeItsIdIsKnown()
    {
        Fixture fixture;
        QVERIFY(fixture.load());
        fixture.happen(13, u"req_new"_s);
        fixture.happen(14);
        QTRY_COMPARE(fixture.rows().rowCount(), 14);
        const QSignalSpy wanted(&fixture.presenter, &RequestsPresenter::rowWanted);
        QVERIFY(fixture.askAgain());
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted.first().first().toInt(), 1);
    }

    void nobodyIsTornAwayFromWhatIsLookedAtMeanwhile()
    {
        Fixture fixture;
        QVERIFY(fixture.load());
        const QSignalSpy wanted(&fixture.presenter, &RequestsPresenter::rowWanted);
        QVERIFY(fixture.askAgain());
        fixture.presenter.select(3);
        fixture.happen(13, u"req_new"_s);
        QTRY_COMPARE(fixture.rows().rowCount(), 13);
        QCOMPARE(wanted.count(), 0);
    }

    void aSelectedRowIsLookedIntoAndCopied()
    {
        Fixture fixture;
        QVERIFY(fixture.load());
        fixture.presenter.select(2);
        QCOMPARE(fixture.presenter.inspector().requestId(), u"req_10"_s);
        fixture.presenter.copyRow(2);
        QVERIFY(QGuiApplication::clipboard()->text().contains(u"gemini-2.5-flash"_s));
        fixture.presenter.select(-1);
        QVERIFY(fixture.presenter.inspector().isEmpty());
    }
};

QTEST_MAIN(TestRequestsPresenter)
#include "tst_requests_presenter.moc"
