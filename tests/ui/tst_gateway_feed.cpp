#include "tests/support/sample_gateway.h"
#include "ui/models/gateway_feed.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using freerelay::tests::FakeGatewayControl;

class TestGatewayFeed final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void passesTheFirstChangeOnAtOnce()
    {
        FakeGatewayControl gateway;
        const ui::GatewayFeed feed(gateway);
        const QSignalSpy changes(&feed, &ui::GatewayFeed::changed);
        gateway.now.paused = true;
        gateway.announce();
        QCOMPARE(changes.count(), 1);
        QVERIFY(feed.status().paused);
    }

    void aStormOfChangesBecomesTwoSignals()
    {
        FakeGatewayControl gateway;
        const ui::GatewayFeed feed(gateway);
        const QSignalSpy changes(&feed, &ui::GatewayFeed::changed);
        for (int i = 1; i <= 1000; ++i) {
            gateway.now.providersReady = i;
            gateway.announce();
        }
        QCOMPARE(changes.count(), 1);
        QTRY_COMPARE(changes.count(), 2);
        QCOMPARE(feed.status().providersReady, 1000);
    }

    void asksNothingWhileNothingHappens()
    {
        FakeGatewayControl gateway;
        const ui::GatewayFeed feed(gateway);
        QCOMPARE(gateway.statusReads, 1);
        QVERIFY(feed.findChildren<QTimer *>().count() == 1);
        QVERIFY(!feed.findChild<QTimer *>()->isActive());
    }

    void findsAProviderById()
    {
        FakeGatewayControl gateway;
        tests::fillSample(gateway);
        const ui::GatewayFeed feed(gateway);
        QCOMPARE(feed.provider("groq")->name, u"Groq"_s);
        QVERIFY(feed.provider("unknown") == nullptr);
    }
};

QTEST_GUILESS_MAIN(TestGatewayFeed)
#include "tst_gateway_feed.moc"
