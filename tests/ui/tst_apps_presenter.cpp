#include "tests/support/window_fixture.h"
#include "ui/pages/apps/apps_presenter.h"

#include <QLabel>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::ui;
using interfaces::AppOrder;
using interfaces::AppState;
using tests::WindowFixture;

namespace {

/// The Apps page of a window, with the tools of a test.
struct Fixture : WindowFixture
{
    Fixture() { window.showPage(PageId::Apps); }

    void choose(const QString &name) const
    {
        auto *list = find<QListWidget>(u"appList"_s);
        list->setCurrentItem(list->findItems(name, Qt::MatchExactly).value(0));
    }
    [[nodiscard]] QPushButton *orderButton() const
    {
        return find<QPushButton>(u"appCarryOutButton"_s);
    }
    [[nodiscard]] QString diff() const { return find<QPlainTextEdit>(u"appDiff"_s)->toPlainText(); }
};

} // namespace

/// The page that connects tools, and its presenter.
class TestAppsPresenter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void toolsOfThisComputerComeFirst()
    {
        const Fixture fixture;
        const auto *list = fixture.find<QListWidget>(u"appList"_s);
        QCOMPARE(list->count(), 6);
        QCOMPARE(list->item(0)->text(), u"Claude Code"_s);
        QCOMPARE(list->item(2)->text(), u"Zed"_s);
        QCOMPARE(list->item(3)->text(), u"Goose"_s); // not found
        QVERIFY(
            list->item(0)->data(Qt::AccessibleTextRole).toString().contains(u"Not connected"_s));
    }

    void nothingIsReadWhileAnotherPageIsShown()
    {
        WindowFixture fixture;
        QCOMPARE(fixture.find<QListWidget>(u"appList"_s)->count(), 0);
        QVERIFY(fixture.gateway.tools.previewed.empty());
    }

    void theChangeIsShownBeforeItIsMade()
    {
        Fixture fixture;
        fixture.choose(u"Claude Code"_s);
        QVERIFY(fixture.diff().contains(u"+  \"model\": \"freerelay/auto\","_s));
        QVERIFY(fixture.gateway.tools.ordered.empty());
        QVERIFY(!fixture.find<QTabBar>(u"appOrders"_s)->isVisible());
        fixture.orderButton()->click();
        QCOMPARE(fixture.gateway.tools.ordered.size(), std::size_t(1));
        QCOMPARE(fixture.gateway.tools.ordered[0].first, u"claude"_s);
        QCOMPARE(fixture.gateway.tools.ordered[0].second, AppOrder::Connect);
        QCOMPARE(fixture.gateway.tools.tested, QStringList{u"claude"_s});
        QVERIFY(fixture.messages.entries().back().message.text.contains(u"groq"_s));
        QCOMPARE(fixture.gateway.tools.previewed.back().second, AppOrder::Undo);
    }

    void aConnectedToolIsUndone()
    {
        Fixture fixture;
        fixture.choose(u"OpenCode"_s);
        QCOMPARE(fixture.orderButton()->text(), u"&Undo"_s);
        QVERIFY(fixture.find<QPushButton>(u"appTestButton"_s)->isVisible());
        fixture.orderButton()->click();
        QCOMPARE(fixture.gateway.tools.ordered.back().second, AppOrder::Undo);
        QVERIFY(fixture.gateway.tools.tested.isEmpty());
        QCOMPARE(fixture.messages.entries().back().message.kind, MessageKind::Success);
    }

    void anOverwrittenToolCanBeEither()
    {
        Fixture fixture;
        fixture.gateway.tools.change->left = 1;
        fixture.choose(u"Zed"_s);
        auto *orders = fixture.find<QTabBar>(u"appOrders"_s);
        QVERIFY(orders->isVisible());
        QVERIFY(fixture.find<QLabel>(u"appNote"_s)->text().contains(u"1 setting"_s));
        orders->setCurrentIndex(1);
        QCOMPARE(fixture.gateway.tools.previewed.back().second, AppOrder::Undo);
        fixture.orderButton()->click();
        QCOMPARE(fixture.gateway.tools.ordered.back().second, AppOrder::Undo);
    }

    void whatIsDoneByHandIsTold()
    {
        Fixture fixture;
        fixture.choose(u"Cursor"_s);
        QVERIFY(fixture.find<QLabel>(u"appAdvice"_s)->text().contains(u"own servers"_s));
        QVERIFY(!fixture.orderButton()->isVisible());
        QVERIFY(!fixture.find<QPlainTextEdit>(u"appDiff"_s)->isVisible());
    }

    void whatGoesWrongIsTold()
    {
        Fixture fixture;
        fixture.gateway.tools.error = common::Error{
            common::ErrorKind::StorageFailed, u"The disk is full."_s};
        fixture.choose(u"Claude Code"_s);
        fixture.orderButton()->click();
        QCOMPARE(fixture.messages.entries().back().message.text, u"The disk is full."_s);
        fixture.gateway.tools.error.reset();
        fixture.gateway.tools.answer = tl::unexpected(
            common::Error{common::ErrorKind::ProtocolError, u"No provider."_s});
        fixture.orderButton()->click();
        QCOMPARE(fixture.messages.entries().back().message.kind, MessageKind::Warning);
        QCOMPARE(fixture.messages.entries().back().message.details, u"No provider."_s);
    }

    void aToolWhoseDialectIsNotSpokenIsLeftAlone()
    {
        Fixture fixture;
        fixture.gateway.tools.answer = tl::unexpected(
            common::Error{common::ErrorKind::NotFound, u"No such route."_s});
        fixture.choose(u"Claude Code"_s);
        fixture.orderButton()->click();
        QVERIFY(fixture.gateway.tools.ordered.empty());
        QCOMPARE(fixture.messages.entries().back().message.details, u"No such route."_s);
        QVERIFY(fixture.orderButton()->isEnabled());
    }

    void aChangeThatWasNotShownIsNotMade()
    {
        Fixture fixture;
        fixture.gateway.tools.holdsAnswers = true;
        fixture.choose(u"Claude Code"_s);
        fixture.orderButton()->click();
        QVERIFY(!fixture.orderButton()->isEnabled());
        fixture.gateway.tools.change->diff = u"another"_s;
        fixture.gateway.tools.held(fixture.gateway.tools.answer);
        QVERIFY(fixture.gateway.tools.ordered.empty());
        QCOMPARE(fixture.messages.entries().back().message.kind, MessageKind::Warning);
        QCOMPARE(fixture.diff(), u"another"_s);
    }

    void aChangeThatCannotBeMadeSaysWhy()
    {
        Fixture fixture;
        fixture.gateway.tools.change = tl::unexpected(
            common::Error{common::ErrorKind::InvalidArgument, u"Change it by hand."_s});
        fixture.choose(u"Zed"_s);
        QCOMPARE(fixture.find<QLabel>(u"appNote"_s)->text(), u"Change it by hand."_s);
    }

    void followsTheAddressOfTheGateway()
    {
        Fixture fixture;
        const std::size_t before = fixture.gateway.tools.previewed.size();
        fixture.feed.refresh();
        QCOMPARE(fixture.gateway.tools.previewed.size(), before);
        fixture.gateway.now.endpoint = u"http://127.0.0.1:9999"_s;
        fixture.feed.refresh();
        QCOMPARE(fixture.gateway.tools.previewed.size(), before + 1);
    }
};

QTEST_MAIN(TestAppsPresenter)
#include "tst_apps_presenter.moc"
