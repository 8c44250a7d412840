#include "tests/support/sample_gateway.h"
#include "ui/models/gateway_feed.h"
#include "ui/shell/desktop_application.h"
#include "ui/shell/gateway_commands.h"
#include "ui/shell/message_list.h"
#include "ui/shell/tray_icon.h"
#include "ui/shell/tray_presenter.h"

#include <QActionGroup>
#include <QClipboard>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::ui;
using interfaces::GatewayStatus;

namespace {

struct Fixture
{
    tests::FakeGatewayControl gateway;
    GatewayFeed feed{gateway};
    MessageList messages;
    GatewayCommands commands{feed, messages};
    TrayPresenter tray{feed, commands};

    explicit Fixture(const std::function<void(GatewayStatus &)> &adjust = {})
    {
        tests::fillSample(gateway);
        if (adjust) {
            adjust(gateway.now);
        }
        feed.refresh();
    }

    [[nodiscard]] TrayEntry entry(const QString &id) const
    {
        for (const TrayEntry &candidate : tray.menu()) {
            if (candidate.id == id) {
                return candidate;
            }
        }
        return {};
    }
};

} // namespace

class TestTrayPresenter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { DesktopApplication::prepare(); }

    void stateFollowsWhatMattersMost_data()
    {
        QTest::addColumn<GatewayStatus>("status");
        QTest::addColumn<QString>("state");
        GatewayStatus ok;
        ok.listening = true;
        ok.providersReady = 1;
        QTest::newRow("ready") << ok << u"ok"_s;
        GatewayStatus demo = ok;
        demo.demo = true;
        demo.providersReady = 0;
        QTest::newRow("demo") << demo << u"demo"_s;
        GatewayStatus none = ok;
        none.providersReady = 0;
        QTest::newRow("nobody ready") << none << u"degraded"_s;
        GatewayStatus brownout = ok;
        brownout.brownout = {true, 1, 2};
        QTest::newRow("most fail") << brownout << u"degraded"_s;
        GatewayStatus problem = demo;
        problem.problem = u"The keychain is locked."_s;
        QTest::newRow("problem beats demo") << problem << u"degraded"_s;
        GatewayStatus paused = problem;
        paused.paused = true;
        QTest::newRow("pause beats problem") << paused << u"paused"_s;
        GatewayStatus down = paused;
        down.listening = false;
        QTest::newRow("down beats all") << down << u"down"_s;
    }

    void stateFollowsWhatMattersMost()
    {
        QFETCH(GatewayStatus, status);
        QFETCH(QString, state);
        QCOMPARE(toString(trayStateOf(status)), state);
    }

    void statusLineSaysStateAddressAndReadiness()
    {
        const Fixture many;
        QCOMPARE(many.tray.statusLine(), u"Running · 127.0.0.1:8000 · 2 providers ready"_s);
        const Fixture one([](GatewayStatus &status) { status.providersReady = 1; });
        QCOMPARE(one.tray.statusLine(), u"Running · 127.0.0.1:8000 · 1 provider ready"_s);
    }

    void saysWhoIsUsedUpAndWhoAnswers()
    {
        const Fixture fresh;
        QVERIFY(fresh.entry(u"quota"_s).id.isEmpty());
        const QDateTime now(QDate(2026, 11, 24), QTime(12, 0), Qt::UTC);
        interfaces::QuotaOutlook outlook;
        outlook.usedUp = {{"groq", u"Groq"_s, now.addSecs(4 * 3600 + 40 * 60)}};
        outlook.next = {{"google", u"Google"_s, u"google/a"_s}};
        const auto sentence = [&] { return TrayPresenter::quotaSentence(outlook, now); };
        QCOMPARE(sentence(), u"Groq is used up until 16:40; Google answers."_s);
        outlook.usedUp.push_back({"acme", u"Acme"_s, now.addDays(1)});
        QCOMPARE(
            sentence(),
            u"2 providers are used up, the first (Groq) until 16:40; Google answers."_s);
        outlook.next.clear();
        outlook.usedUp.erase(outlook.usedUp.begin());
        QCOMPARE(sentence(), u"Acme is used up until Wed 12:00; nobody else can answer."_s);
        const Fixture used([&](GatewayStatus &status) { status.outlook = outlook; });
        QVERIFY(used.entry(u"quota"_s).text.startsWith(u"Acme is used up"_s));
        QVERIFY(used.tray.toolTip().contains(used.entry(u"quota"_s).text));
    }

    void saysThatMostProvidersFail()
    {
        const Fixture fresh;
        QVERIFY(fresh.entry(u"brownout"_s).id.isEmpty());
        Fixture fixture([](GatewayStatus &status) { status.brownout = {true, 2, 3}; });
        const QString sentence
            = u"2 of 3 providers fail; batch requests are put off until they answer."_s;
        QCOMPARE(fixture.entry(u"brownout"_s).text, sentence);
        QVERIFY(fixture.tray.toolTip().contains(sentence));
        const QSignalSpy open(&fixture.tray, &TrayPresenter::openRequested);
        fixture.tray.trigger(u"brownout"_s);
        QCOMPARE(open.count(), 1);
        QCOMPARE(
            TrayPresenter::brownoutSentence({true, 0, 3}),
            u"Providers failed a moment ago; batch requests are put off for some minutes."_s);
    }

    void menuHasAtMostTwelveEntriesAndMnemonics()
    {
        const Fixture fixture([](GatewayStatus &s) {
            s.problem = u"Something is wrong."_s;
            s.brownout = {true, 1, 2};
            s.outlook.usedUp = {{"groq", u"Groq"_s, QDateTime::currentDateTime()}};
        });
        const auto menu = fixture.tray.menu();
        QVERIFY(menu.size() <= 12);
        QStringList mnemonics;
        for (const TrayEntry &entry : menu) {
            if (entry.kind == TrayEntry::Kind::Command || entry.kind == TrayEntry::Kind::Choices) {
                const QString key = QKeySequence::mnemonic(entry.text).toString();
                QVERIFY2(!key.isEmpty(), qPrintable(entry.id));
                QVERIFY2(!mnemonics.contains(key), qPrintable(entry.id));
                mnemonics.append(key);
            }
        }
    }

    void modeIsARadioChoice()
    {
        Fixture fixture;
        fixture.tray.trigger(u"mode-paid"_s);
        QVERIFY(fixture.gateway.now.mode == common::Mode::Paid);
        int checked = 0;
        for (const TrayChoice &entry : fixture.entry(u"mode"_s).choices) {
            checked += entry.checked ? 1 : 0;
            QCOMPARE(entry.checked, entry.id == "mode-paid"_L1);
        }
        QCOMPARE(checked, 1);
    }

    void aModeThatCannotBeSavedIsToldAndInForce()
    {
        Fixture fixture;
        fixture.gateway.settingsError = common::Error{
            common::ErrorKind::StorageFailed, u"The disk is full."_s};
        fixture.tray.trigger(u"mode-free"_s);
        QVERIFY(fixture.feed.status().mode == common::Mode::Free);
        QCOMPARE(fixture.messages.entries().front().message.kind, MessageKind::Warning);
    }

    void pauseEntryTurnsIntoResume()
    {
        Fixture fixture;
        fixture.tray.trigger(u"pause"_s);
        QVERIFY(fixture.gateway.now.paused);
        QVERIFY(fixture.entry(u"pause"_s).text.contains(u"Resume"_s));
        fixture.tray.trigger(u"pause"_s);
        QVERIFY(!fixture.gateway.now.paused);
    }

    void copiesTheEndpoint()
    {
        Fixture fixture;
        fixture.tray.trigger(u"copyEndpoint"_s);
        QCOMPARE(QGuiApplication::clipboard()->text(), u"http://127.0.0.1:8000"_s);
    }

    void copyIsDisabledWithAReasonWhenNotListening()
    {
        const Fixture fixture([](GatewayStatus &status) {
            status.listening = false;
            status.endpoint.clear();
        });
        const TrayEntry copy = fixture.entry(u"copyEndpoint"_s);
        QVERIFY(!copy.enabled);
        QVERIFY(!copy.reason.isEmpty());
        QCOMPARE(fixture.tray.statusLine(), u"Not listening"_s);
    }

    void asksForWindowConnectAndQuit()
    {
        Fixture fixture;
        const QSignalSpy open(&fixture.tray, &TrayPresenter::openRequested);
        const QSignalSpy connectApp(&fixture.tray, &TrayPresenter::connectRequested);
        const QSignalSpy quit(&fixture.tray, &TrayPresenter::quitRequested);
        fixture.tray.trigger(u"open"_s);
        fixture.tray.trigger(u"status"_s);
        fixture.tray.trigger(u"connect"_s);
        fixture.tray.trigger(u"quit"_s);
        fixture.tray.trigger(u"nonsense"_s);
        QCOMPARE(open.count(), 2);
        QCOMPARE(connectApp.count(), 1);
        QCOMPARE(quit.count(), 1);
    }

    void iconMenuMirrorsThePresenter()
    {
        Fixture fixture;
        const TrayIcon icon(fixture.tray);
        QCOMPARE(icon.menu().actions().size(), qsizetype(fixture.tray.menu().size()));
        QAction *pause = icon.menu().findChild<QAction *>(u"pause"_s);
        pause->trigger();
        QVERIFY(fixture.gateway.now.paused);
        QVERIFY2(
            icon.menu().findChild<QAction *>(u"pause"_s) == pause,
            "an open menu must not be rebuilt because a word changed");
        QVERIFY(pause->text().contains(u"Resume"_s));
        icon.menu().findChild<QAction *>(u"mode-free"_s)->trigger();
        QVERIFY(icon.menu().findChild<QAction *>(u"mode-free"_s)->isChecked());
        QVERIFY(!icon.menu().findChild<QAction *>(u"mode-auto"_s)->isChecked());
    }

    void iconMenuShowsAProblemAsItComesAndGoes()
    {
        Fixture fixture;
        const TrayIcon icon(fixture.tray);
        QVERIFY(icon.menu().findChild<QAction *>(u"problem"_s) == nullptr);
        fixture.gateway.now.problem = u"The keychain is locked."_s;
        fixture.feed.refresh();
        QCOMPARE(
            icon.menu().findChild<QAction *>(u"problem"_s)->text(), u"The keychain is locked."_s);
    }
};

QTEST_MAIN(TestTrayPresenter)
#include "tst_tray_presenter.moc"
