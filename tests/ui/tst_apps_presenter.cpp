#include "tests/support/window_fixture.h"
#include "ui/pages/apps/apps_presenter.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
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

/// The keys of its apps: a tool, a script, a revoked one.
struct KeysFixture : Fixture
{
    KeysFixture() { find<QTabWidget>(u"appTabs"_s)->setCurrentIndex(1); }

    [[nodiscard]] tests::FakeAppKeys &keys() { return gateway.appKeyBook; }
    [[nodiscard]] QString cell(int row, int column) const
    {
        const auto *table = find<QTableView>(u"appKeyTable"_s);
        return table->model()->index(row, column).data().toString();
    }
    void choose(int row) const { find<QTableView>(u"appKeyTable"_s)->selectRow(row); }
    void press(const QString &button) const { find<QPushButton>(button)->click(); }
    [[nodiscard]] QLineEdit *field(const QString &name) const { return find<QLineEdit>(name); }
};

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

    void whatAnAppUsesTodayIsShown()
    {
        const KeysFixture fixture;
        QCOMPARE(fixture.cell(0, 0), u"OpenCode"_s);
        QCOMPARE(fixture.cell(0, 2), u"42"_s);
        QCOMPARE(fixture.cell(0, 4), u"$0.12 of $0.50"_s);
        QCOMPARE(fixture.cell(1, 2), u"7, 2 refused"_s);
        QCOMPARE(fixture.cell(1, 4), u"$0.00, and 1 not known"_s);
        QCOMPARE(fixture.cell(2, 1), u"revoked"_s); // last
        QCOMPARE(fixture.cell(2, 5), u"never"_s);
    }

    void aBudgetIsSaved()
    {
        KeysFixture fixture;
        QCOMPARE(fixture.field(u"appKeyBudgetEdit"_s)->text(), u"$0.50"_s);
        fixture.field(u"appKeyBudgetEdit"_s)->setText(u"much"_s);
        fixture.press(u"appKeySaveButton"_s);
        QVERIFY(fixture.keys().changes.empty());
        QCOMPARE(fixture.messages.entries().back().message.kind, MessageKind::Error);
        QCOMPARE(fixture.field(u"appKeyBudgetEdit"_s)->text(), u"much"_s);
        fixture.field(u"appKeyBudgetEdit"_s)->setText(u"2"_s);
        fixture.find<QComboBox>(u"appKeyModeBox"_s)->setCurrentIndex(1);
        fixture.press(u"appKeySaveButton"_s);
        const auto &[id, change] = fixture.keys().changes.back();
        QCOMPARE(id, u"app_1"_s);
        QCOMPARE((*change.dailyBudget)->count, 2'000'000);
        QVERIFY(*change.mode == common::Mode::Free);
        QCOMPARE(fixture.field(u"appKeyBudgetEdit"_s)->text(), u"$2.00"_s);
        fixture.field(u"appKeyBudgetEdit"_s)->clear();
        fixture.press(u"appKeySaveButton"_s);
        QVERIFY(!*fixture.keys().changes.back().second.dailyBudget);
    }

    void revokingIsAskedForAndTakenBack()
    {
        KeysFixture fixture;
        fixture.choose(1);
        fixture.press(u"appKeyRevokeButton"_s);
        QTRY_COMPARE(fixture.prompter.asked.size(), std::size_t(1));
        QCoreApplication::processEvents();
        QVERIFY(fixture.keys().revoked.isEmpty()); // the script is empty: kept
        fixture.prompter.script = {u"Revoke"_s};
        fixture.press(u"appKeyRevokeButton"_s);
        QTRY_COMPARE(fixture.keys().revoked, QStringList{u"app_2"_s});
        fixture.messages.trigger(fixture.messages.entries().back().id);
        QCOMPARE(fixture.keys().restored, QStringList{u"app_2"_s});
        fixture.choose(2);
        QCOMPARE(fixture.find<QPushButton>(u"appKeyRevokeButton"_s)->text(), u"Give &back"_s);
        fixture.press(u"appKeyRevokeButton"_s);
        QCOMPARE(fixture.keys().restored.back(), u"app_3"_s);
    }

    void aNewKeyIsShownOnce()
    {
        KeysFixture fixture;
        auto *key = fixture.field(u"appKeyFreshEdit"_s);
        QVERIFY(!key->isVisible());
        fixture.field(u"appKeyNameEdit"_s)->setText(u"Mine"_s);
        fixture.press(u"appKeyMakeButton"_s);
        QCOMPARE(*fixture.keys().changes.back().second.name, u"Mine"_s);
        QVERIFY(key->isVisible());
        QVERIFY(key->text().startsWith(u"fr-app-"_s));
        QVERIFY(fixture.field(u"appKeyNameEdit"_s)->text().isEmpty());
        fixture.window.showPage(PageId::Overview);
        QVERIFY(key->text().isEmpty());
        fixture.window.showPage(PageId::Apps);
        QVERIFY(!key->isVisible());
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
