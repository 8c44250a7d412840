#include "tests/support/sample_gateway.h"
#include "tests/support/scripted_prompter.h"
#include "ui/shell/desktop_application.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using namespace freerelay;
using namespace freerelay::ui;

namespace {

struct Fixture
{
    tests::FakeGatewayControl gateway;
    tests::ScriptedPrompter prompter;
    bool tray = true;
    bool closeToTray = true;
    std::unique_ptr<DesktopApplication> desktop;

    Fixture(bool withTray, bool hidden, std::chrono::milliseconds patience = 1h)
        : tray(withTray)
    {
        tests::fillSample(gateway);
        DesktopApplication::Options options;
        options.startHidden = hidden;
        options.trayRetry = 5ms;
        options.trayPatience = patience;
        options.closeToTray = [this] { return closeToTray; };
        options.trayAvailable = [this] { return tray; };
        options.prompter = &prompter;
        desktop = std::make_unique<DesktopApplication>(gateway, options);
        desktop->start();
    }
};

} // namespace

class TestDesktopApplication final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { DesktopApplication::prepare(); }

    void usesTheDesktopFileName()
    {
        QCOMPARE(QGuiApplication::desktopFileName(), u"io.freerelay.FreeRelay"_s);
        QVERIFY(!QGuiApplication::quitOnLastWindowClosed());
    }

    void withATrayClosingOnlyHides()
    {
        const Fixture fixture(/*withTray=*/true, /*hidden=*/false);
        QVERIFY(fixture.desktop->window().isVisible());
        fixture.desktop->window().close();
        QVERIFY(!fixture.desktop->window().isVisible());
        QVERIFY(!fixture.gateway.hasQuit);
        QVERIFY(fixture.prompter.asked.empty());
    }

    void closingQuitsWhenTheSettingsSaySo()
    {
        Fixture fixture(/*withTray=*/true, /*hidden=*/false);
        fixture.closeToTray = false;
        fixture.desktop->window().close();
        QTRY_VERIFY(fixture.gateway.hasQuit);
        QVERIFY(fixture.prompter.asked.empty());
    }

    void withoutATrayClosingAsksAndKeepsRunningMinimised()
    {
        Fixture fixture(/*withTray=*/false, /*hidden=*/false);
        fixture.prompter.script = {u"Keep Running"_s};
        fixture.desktop->window().close();
        QCOMPARE(fixture.prompter.asked.front().id, u"closeWithoutTray"_s);
        QTRY_VERIFY(fixture.desktop->window().isMinimized());
        QVERIFY(!fixture.gateway.hasQuit);
    }

    void withoutATrayTheAnswerQuitQuits()
    {
        Fixture fixture(/*withTray=*/false, /*hidden=*/false);
        fixture.prompter.script = {u"Quit"_s};
        fixture.desktop->window().close();
        QTRY_VERIFY(fixture.gateway.hasQuit);
    }

    void withoutATrayCancellingLeavesTheWindow()
    {
        const Fixture fixture(/*withTray=*/false, /*hidden=*/false);
        fixture.desktop->window().close();
        QVERIFY(fixture.desktop->window().isVisible());
        QVERIFY(!fixture.gateway.hasQuit);
    }

    void aTrayThatDiedIsNoticedWhenClosing()
    {
        Fixture fixture(/*withTray=*/true, /*hidden=*/false);
        fixture.tray = false;
        fixture.desktop->window().close();
        QVERIFY(fixture.desktop->window().isVisible());
        QCOMPARE(fixture.prompter.asked.size(), std::size_t(1));
    }

    void hiddenStartNeedsATray()
    {
        const Fixture fixture(/*withTray=*/true, /*hidden=*/true);
        QVERIFY(!fixture.desktop->window().isVisible());
    }

    void hiddenStartIsRefusedWithoutATray()
    {
        const Fixture fixture(/*withTray=*/false, /*hidden=*/true, 1ms);
        QTRY_VERIFY(fixture.desktop->window().isVisible());
        QCOMPARE(fixture.desktop->messages().entries().size(), std::size_t(1));
    }

    void aTrayThatComesLateIsFound()
    {
        Fixture fixture(/*withTray=*/false, /*hidden=*/true);
        QVERIFY(!fixture.desktop->hasTray());
        fixture.tray = true;
        QTRY_VERIFY(fixture.desktop->hasTray());
        QVERIFY(!fixture.desktop->window().isVisible());
    }

    void aSecondStartBringsTheWindowBack()
    {
        const Fixture fixture(/*withTray=*/true, /*hidden=*/true);
        fixture.desktop->activate();
        QVERIFY(fixture.desktop->window().isVisible());
    }

    void theTrayLeadsToTheSnippets()
    {
        const Fixture fixture(/*withTray=*/true, /*hidden=*/true);
        fixture.desktop->tray().trigger(u"connect"_s);
        QVERIFY(fixture.desktop->window().isVisible());
        QCOMPARE(fixture.desktop->window().currentPage(), PageId::Apps);
    }

    void theTrayQuits()
    {
        const Fixture fixture(/*withTray=*/true, /*hidden=*/true);
        fixture.desktop->tray().trigger(u"quit"_s);
        QVERIFY(fixture.gateway.hasQuit);
    }
};

QTEST_MAIN(TestDesktopApplication)
#include "tst_desktop_application.moc"
