#include "tests/support/sample_gateway.h"
#include "ui/models/gateway_feed.h"
#include "ui/pages/connect/connect_presenter.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::ui;

class TestConnectPresenter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyTextNamesTheLivePort()
    {
        tests::FakeGatewayControl gateway;
        tests::fillSample(gateway);
        GatewayFeed feed(gateway);
        const ConnectPresenter presenter(feed);
        gateway.now.endpoint = u"http://127.0.0.1:8123"_s;
        feed.refresh();
        const auto snippets = presenter.snippets();
        QCOMPARE(snippets.size(), std::size_t(6));
        for (const auto &snippet : snippets) {
            QVERIFY2(snippet.text.contains(u"http://127.0.0.1:8123/v1"_s), qPrintable(snippet.id));
            QVERIFY2(
                !snippet.text.contains(u'{') || !snippet.text.contains(u"{endpoint}"_s),
                qPrintable(snippet.id));
        }
    }

    void openCodeTextIsValidJson()
    {
        tests::FakeGatewayControl gateway;
        tests::fillSample(gateway);
        GatewayFeed feed(gateway);
        const ConnectPresenter presenter(feed);
        const auto snippet = presenter.snippets().back();
        QCOMPARE(snippet.id, u"opencode"_s);
        const auto document = QJsonDocument::fromJson(snippet.text.toUtf8());
        QCOMPARE(document.object().value(u"model"_s).toString(), u"freerelay/auto"_s);
    }

    void keepsTheLastAddressAndWarnsWhenTheGatewayIsDown()
    {
        tests::FakeGatewayControl gateway;
        tests::fillSample(gateway);
        GatewayFeed feed(gateway);
        const ConnectPresenter presenter(feed);
        QVERIFY(presenter.warning().isEmpty());
        gateway.now.listening = false;
        gateway.now.endpoint.clear();
        feed.refresh();
        QCOMPARE(presenter.endpoint(), u"http://127.0.0.1:8000"_s);
        QVERIFY(!presenter.warning().isEmpty());
    }

    void hasNoTextsBeforeAnyAddressIsKnown()
    {
        tests::FakeGatewayControl gateway;
        GatewayFeed feed(gateway);
        const ConnectPresenter presenter(feed);
        QVERIFY(presenter.snippets().empty());
    }
};

QTEST_GUILESS_MAIN(TestConnectPresenter)
#include "tst_connect_presenter.moc"
