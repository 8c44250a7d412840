#include "tests/support/sample_gateway.h"
#include "ui/models/gateway_feed.h"
#include "ui/pages/providers/quota_presenter.h"
#include "ui/shell/desktop_application.h"
#include "ui/widgets/figures.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using namespace freerelay;
using namespace freerelay::ui;

namespace {

struct Fixture
{
    tests::FakeGatewayControl gateway;
    GatewayFeed feed{gateway};
    QuotaPresenter presenter{feed, 1ms};

    explicit Fixture(const QByteArray &provider)
    {
        tests::fillSample(gateway);
        presenter.setProvider(provider);
    }
};

} // namespace

class TestQuotaPresenter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { DesktopApplication::prepare(); }

    void asksNothingWhileNobodyLooks()
    {
        Fixture fixture("groq");
        fixture.presenter.setProvider("google");
        QCOMPARE(fixture.gateway.quotaReads, 0);
        fixture.presenter.setActive(true);
        QTRY_VERIFY(fixture.gateway.quotaReads > 3);
        fixture.presenter.setActive(false);
        const int reads = fixture.gateway.quotaReads;
        for (int i = 0; i < 3; ++i) {
            QCoreApplication::processEvents();
        }
        QCOMPARE(fixture.gateway.quotaReads, reads);
    }

    void showsTheSelectedProvider()
    {
        Fixture fixture("groq");
        fixture.presenter.setActive(true);
        QCOMPARE(fixture.presenter.rows().rowCount(), 3);
        QCOMPARE(fixture.presenter.usedUpText(), QString());
        QCOMPARE(
            fixture.presenter.restsText(),
            u"qwen/qwen3-32b: for 90 s, because its limit is reached (“Rate limit reached for "
            u"model "
            u"qwen3-32b.”)"_s);
        QCOMPARE(fixture.presenter.nextText(), u"Used next: Groq, then OVHcloud AI Endpoints."_s);
        fixture.presenter.setProvider("google");
        QCOMPARE(fixture.presenter.rows().rowCount(), 1);
        QCOMPARE(fixture.presenter.usedUpText(), u"Used up; back in 6 h 40 min"_s);
        QCOMPARE(fixture.presenter.restsText(), QString());
        fixture.presenter.setProvider("mistral");
        QVERIFY(fixture.presenter.isEmpty());
    }

    void followsWhatChanges()
    {
        Fixture fixture("groq");
        fixture.presenter.setActive(true);
        fixture.gateway.quotas.providers[1].windows[0].used = 13;
        const QModelIndex used = fixture.presenter.rows().index(0);
        QTRY_COMPARE(used.data(QuotaListModel::UsedRole).toString(), u"13 of 30"_s);
        fixture.gateway.quotas.outlook.next.clear();
        QTRY_COMPARE(fixture.presenter.nextText(), u"Nobody could answer a request now."_s);
    }

    void timesAreShort_data()
    {
        QTest::addColumn<int>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("over") << -5 << u"0 s"_s;
        QTest::newRow("seconds") << 119 << u"119 s"_s;
        QTest::newRow("minutes") << 120 << u"2 min"_s;
        QTest::newRow("an hour less a second") << 3'599 << u"59 min"_s;
        QTest::newRow("an hour") << 3'600 << u"1 h 00 min"_s;
        QTest::newRow("hours") << 11'100 << u"3 h 05 min"_s;
        QTest::newRow("a day") << 86'400 << u"1 d 0 h"_s;
        QTest::newRow("days") << 3 * 86'400 + 7'300 << u"3 d 2 h"_s;
    }
    void timesAreShort()
    {
        QFETCH(int, seconds);
        QTEST(Figures::timeLeft(std::chrono::seconds(seconds)), "text");
    }

    void momentsHaveADayWhenTheyNeedOne()
    {
        const QDateTime now(QDate(2026, 11, 24), QTime(12, 0), Qt::UTC);
        QCOMPARE(Figures::moment(now.addSecs(3'600), now), u"13:00"_s);
        QCOMPARE(Figures::moment(now.addSecs(19 * 3'600), now), u"07:00"_s);
        QCOMPARE(Figures::moment(now.addSecs(20 * 3'600), now), u"Wed 08:00"_s);
        QVERIFY(Figures::moment(now.addDays(6), now).contains(u"30"_s));
    }
};

QTEST_MAIN(TestQuotaPresenter)
#include "tst_quota_presenter.moc"
