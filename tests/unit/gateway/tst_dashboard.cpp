#include "core/gateway/routes/dashboard_chart.h"
#include "core/gateway/routes/dashboard_page.h"
#include "core/gateway/routes/dashboard_route.h"
#include "tests/support/fake_downstream.h"
#include "tests/support/fake_request_history.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sample_activity.h"

#include <QCryptographicHash>
#include <QTest>
#include <QXmlStreamReader>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using namespace freerelay;
using namespace freerelay::gateway;
using interfaces::RequestStats;
using interfaces::StatsWindow;
using tests::FakeDownstream;

namespace {

constexpr auto attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&";

RequestStats figures()
{
    return tests::someActivity(QDateTime(QDate(2026, 11, 24), QTime(9, 0), Qt::UTC));
}

/// With a name that a hostile client or provider chose, in every place a name can be.
RequestStats attackedFigures()
{
    RequestStats stats = figures();
    interfaces::StatsFigures row;
    row.name = QString::fromLatin1(attack);
    row.requests = 7;
    row.promptTokens = 1'000'000;
    stats.providers = {row};
    stats.models = {row};
    stats.apps = {row};
    stats.lines[0].name = row.name;
    return stats;
}

QByteArray between(const QByteArray &text, const QByteArray &start, const QByteArray &end)
{
    const qsizetype from = text.indexOf(start) + start.size();
    return text.sliced(from, text.indexOf(end, from) - from);
}

} // namespace

/// The page of GET /dashboard, and how seldom the record is asked for it.
class TestDashboard final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsTheFigures()
    {
        const QByteArray page = dashboardPage(StatsWindow::Day, figures());
        QVERIFY(page.contains("<b>4.3 k</b>"));
        QVERIFY(page.contains("<b>340 ms</b>"));
        QVERIFY(page.contains("Tokens by provider"));
        QCOMPARE(page.count("<figure>"), 3);
        QVERIFY(page.contains("aria-current=\"page\">24h<"));
    }

    void namesCannotInject()
    {
        const QByteArray page = dashboardPage(StatsWindow::Day, attackedFigures());
        QVERIFY(!page.contains("<script"));
        QVERIFY(!page.contains("<img"));
        QVERIFY(!page.contains("onerror=alert(2)>"));
        QCOMPARE(page.count("&lt;script&gt;"), 4); // three tables, one legend
    }

    void isWellFormed_data()
    {
        QTest::addColumn<QByteArray>("page");
        QTest::newRow("figures") << dashboardPage(StatsWindow::Hour, figures());
        QTest::newRow("attack") << dashboardPage(StatsWindow::Hour, attackedFigures());
        QTest::newRow("nothing") << dashboardPage(StatsWindow::Quarter, {});
        QTest::newRow("no record") << dashboardWithoutFigures();
    }

    void isWellFormed()
    {
        QFETCH(QByteArray, page);
        // Void elements are the only thing that XML would write differently.
        QByteArray xml = page;
        xml.replace("<!doctype html>", "");
        for (const QByteArray &meta : {"\"utf-8\">"_ba, "initial-scale=1\">"_ba, "\"10\">"_ba}) {
            xml.replace(meta, QByteArray(meta.chopped(1) + "/>"));
        }
        QXmlStreamReader reader(xml);
        while (!reader.atEnd()) {
            reader.readNext();
        }
        QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
    }

    void hasNeitherScriptNorForeignAddress()
    {
        const QByteArray page = dashboardPage(StatsWindow::Day, figures());
        const QByteArray body = page.sliced(page.indexOf("</style>"));
        for (const char *never :
             {"<script", "javascript:", "http:", "https:", "//", "style=", "src="}) {
            QVERIFY2(!body.contains(never), never);
        }
        QCOMPARE(page.count("href="), page.count("href=\"/dashboard?window="));
    }

    void allowsItsOwnStylesheetOnly()
    {
        const auto &headers = dashboardHeaders();
        const QByteArray policy = headers.value("content-security-policy");
        const QByteArray css = between(
            dashboardPage(StatsWindow::Day, figures()), "<style>"_ba, "</style>"_ba);
        QVERIFY(
            policy.contains(QCryptographicHash::hash(css, QCryptographicHash::Sha256).toBase64()));
        QVERIFY(policy.startsWith("default-src 'none';"));
        QVERIFY(policy.contains("frame-ancestors 'none'"));
        QVERIFY(!policy.contains("unsafe"));
        QVERIFY(!policy.contains("script-src"));
        QCOMPARE(headers.value("cache-control"), "no-store"_ba);
        QCOMPARE(headers.value("x-frame-options"), "DENY"_ba);
        QCOMPARE(headers.value("x-content-type-options"), "nosniff"_ba);
        QVERIFY(!headers.contains("access-control-allow-origin"));
    }

    void leavesGapsInLines()
    {
        RequestStats stats;
        stats.from = QDateTime(QDate(2026, 11, 24), QTime(9, 0), Qt::UTC);
        stats.until = stats.from.addSecs(240);
        stats.step = 60s;
        DashboardChart chart{u"T"_s, u"u"_s, true, shortDuration, {}};
        chart.series = {{u"s"_s, "c0"_ba, {100.0, 200.0, {}, 100.0}}};
        const QByteArray path = between(dashboardSvg(stats, chart), "c0\" d=\""_ba, "\"/>"_ba);
        QCOMPARE(path.count('M'), 2);
        QCOMPARE(path.count('L'), 1);
    }

    void asksTheRecordOnceASecond()
    {
        Fixture fixture;
        const auto first = fixture.ask();
        const auto second = fixture.ask();
        QTRY_VERIFY(first->finished);
        QVERIFY(second->finished);
        QCOMPARE(first->status, 200);
        QCOMPARE(first->body, second->body);
        fixture.clock.advance(999ms);
        QVERIFY(fixture.ask()->finished); // at once
        QCOMPARE(fixture.history.statsQuestions, 1);
        fixture.clock.advance(1ms);
        const auto later = fixture.ask();
        QVERIFY(!later->finished);
        QTRY_VERIFY(later->finished);
        QCOMPARE(fixture.history.statsQuestions, 2);
        const auto week = fixture.ask("window=7d"_ba); // a page of its own
        QTRY_VERIFY(week->finished);
        QCOMPARE(fixture.history.statsQuestions, 3);
        QVERIFY(fixture.history.lastStats.window == StatsWindow::Week);
    }

    void doesNotSayWhyTheRecordCannotBeRead()
    {
        Fixture fixture;
        fixture.history.error = common::Error{
            common::ErrorKind::StorageFailed, u"/home/me/records.db is damaged."_s};
        const auto reply = fixture.ask();
        QTRY_VERIFY(reply->finished);
        QCOMPARE(reply->status, 503);
        QVERIFY(!reply->body.contains("records.db"));
        QVERIFY(reply->headers.contains("content-security-policy"));
    }

    void takesNothingButAWindow_data()
    {
        QTest::addColumn<QByteArray>("query");
        QTest::newRow("ends") << "from=2000&to=2001"_ba;
        QTest::newRow("series") << "series=app"_ba;
        QTest::newRow("unknown") << "x=<script>"_ba;
        QTest::newRow("window") << "window=2y"_ba;
    }

    void takesNothingButAWindow()
    {
        QFETCH(QByteArray, query);
        Fixture fixture;
        const auto reply = fixture.ask(query);
        QVERIFY(reply->finished);
        QCOMPARE(reply->status, 400);
        QVERIFY(reply->headers.value("content-type").startsWith("application/json"));
        QCOMPARE(fixture.history.statsQuestions, 0);
    }

private:
    struct Fixture
    {
        tests::FakeRequestHistory history;
        tests::ManualClock clock;
        DashboardRoute route{history, clock};

        Fixture() { history.figures = figures(); }
        std::shared_ptr<FakeDownstream> ask(const QByteArray &query = {})
        {
            auto downstream = std::make_shared<FakeDownstream>();
            HttpRequest request;
            request.path = "/dashboard"_ba;
            request.query = query;
            route.show(request, downstream);
            return downstream;
        }
    };
};

QTEST_GUILESS_MAIN(TestDashboard)
#include "tst_dashboard.moc"
