#include "tests/support/sample_gateway.h"
#include "ui/models/gateway_feed.h"
#include "ui/pages/overview/overview_presenter.h"
#include "ui/shell/desktop_application.h"
#include "ui/shell/gateway_commands.h"
#include "ui/shell/message_list.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::ui;
using interfaces::GatewayStatus;
using Step = OverviewPresenter::Step;

namespace {

struct Fixture
{
    tests::FakeGatewayControl gateway;
    GatewayFeed feed{gateway};
    MessageList messages;
    GatewayCommands commands{feed, messages};
    OverviewPresenter overview{feed, commands};

    explicit Fixture(const std::function<void(GatewayStatus &)> &adjust = {})
    {
        tests::fillSample(gateway);
        if (adjust) {
            adjust(gateway.now);
        }
        feed.refresh();
    }
};

} // namespace

class TestOverviewPresenter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { DesktopApplication::prepare(); }

    void explainsTheDemoAndLeadsToAProvider()
    {
        Fixture fixture([](GatewayStatus &status) {
            status.demo = true;
            status.providersReady = 0;
            status.providersConfigured = 0;
        });
        QCOMPARE(fixture.overview.headline().iconName, u"state-demo"_s);
        QVERIFY(fixture.overview.headline().sentence.contains(u"demo"_s));
        QCOMPARE(fixture.overview.nextStep().step, Step::AddKey);
        const QSignalSpy providers(&fixture.overview, &OverviewPresenter::providersRequested);
        fixture.overview.takeNextStep();
        QCOMPARE(providers.count(), 1);
    }

    void showsTheProblemInItsOwnWords()
    {
        const Fixture fixture([](GatewayStatus &s) { s.problem = u"The keychain is locked."_s; });
        QCOMPARE(fixture.overview.headline().sentence, u"The keychain is locked."_s);
    }

    void aTakenPortOffersTheNextFreeOneAndMoves()
    {
        Fixture fixture([](GatewayStatus &status) {
            status.listening = false;
            status.endpoint.clear();
            status.problem = u"Port 8000 is taken by python3 (process 42)."_s;
            status.nextFreePort = 8001;
        });
        QCOMPARE(fixture.overview.headline().title, u"Not listening"_s);
        QVERIFY(fixture.overview.headline().sentence.contains(u"python3"_s));
        const auto step = fixture.overview.nextStep();
        QCOMPARE(step.step, Step::ChangePort);
        QVERIFY(step.buttonText.contains(u"8001"_s));
        QVERIFY(!step.otherButtonText.isEmpty());
        fixture.overview.takeNextStep();
        QCOMPARE(fixture.gateway.listenRequests, std::vector<quint16>{8001});
        QCOMPARE(fixture.overview.nextStep().step, Step::ConnectApp);
        QCOMPARE(fixture.messages.entries().front().message.kind, MessageKind::Success);
    }

    void theTakenPortCanBeTriedAgain()
    {
        Fixture fixture([](GatewayStatus &status) {
            status.listening = false;
            status.nextFreePort = 8001;
        });
        fixture.overview.takeOtherStep();
        QCOMPARE(fixture.gateway.listenRequests, std::vector<quint16>{0});
    }

    void aLockedKeychainIsTriedAgain()
    {
        Fixture fixture;
        fixture.gateway.rows.front().state = interfaces::KeyState::KeychainLocked;
        fixture.feed.refresh();
        QCOMPARE(fixture.overview.nextStep().step, Step::RetryKeychain);
        fixture.overview.takeNextStep();
        QCOMPARE(fixture.gateway.keychainRetries, 1);
    }

    void aPauseIsEndedByTheNextStep()
    {
        Fixture fixture([](GatewayStatus &status) { status.paused = true; });
        fixture.overview.takeNextStep();
        QVERIFY(!fixture.gateway.now.paused);
    }

    void countsInProperPlurals()
    {
        const Fixture many;
        QCOMPARE(
            many.overview.activity(), u"42 requests since the start · 1 failed · 0 under way"_s);
        const Fixture one([](GatewayStatus &status) {
            status.requestsTotal = 1;
            status.requestsFailed = 0;
        });
        QCOMPARE(one.overview.activity(), u"1 request since the start · 0 failed · 0 under way"_s);
    }

    void tellsThatTextsAreKept()
    {
        const Fixture none;
        QVERIFY(none.overview.notice().isEmpty());
        const Fixture on(
            [](GatewayStatus &status) { status.recording.texts.keep = std::chrono::hours(1); });
        QCOMPARE(
            on.overview.notice(), u"Prompts and answers are kept for 1 hour, for debugging."_s);
        const Fixture kept([](GatewayStatus &status) {
            status.recording.texts.keep = std::chrono::hours(24);
            status.recording.texts.oldestUntil = QDateTime(
                QDate(2026, 11, 25), QTime(9, 0), Qt::UTC);
        });
        QVERIFY(kept.overview.notice().startsWith(
            u"Prompts and answers are kept for 24 hours, for debugging. The oldest are deleted at "_s));
        const QDateTime until(QDate(2026, 11, 25), QTime(9, 0), Qt::UTC);
        QVERIFY(kept.overview.notice().contains(
            QLocale().toString(until.toLocalTime(), QLocale::ShortFormat)));
    }

    void readsCountersOnlyWhileActive()
    {
        Fixture fixture;
        const auto *timer = fixture.overview.findChild<QTimer *>();
        QVERIFY(!timer->isActive());
        fixture.overview.setActive(true);
        QVERIFY(timer->isActive());
        QVERIFY(timer->intervalAsDuration() >= std::chrono::milliseconds(250));
        fixture.overview.setActive(false);
        QVERIFY(!timer->isActive());
    }
};

QTEST_MAIN(TestOverviewPresenter)
#include "tst_overview_presenter.moc"
