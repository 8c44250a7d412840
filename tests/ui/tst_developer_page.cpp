#include "tests/support/window_fixture.h"
#include "ui/pages/developer/developer_presenter.h"
#include "ui/shell/desktop_application.h"
#include "ui/shell/tray_presenter.h"
#include "ui/widgets/state_label.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTableView>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using namespace freerelay;
using namespace freerelay::ui;
using tests::Audience;
using tests::WindowFixture;

namespace {

QStringList rowOf(const QAbstractItemModel &model, int row)
{
    QStringList cells;
    for (int column = 0; column < model.columnCount(); ++column) {
        cells << model.index(row, column).data().toString();
    }
    return cells;
}

/// The window with the page on screen.
struct PageFixture : WindowFixture
{
    PageFixture()
        : WindowFixture(Audience::Developers)
    {
        window.showPage(PageId::Developer);
    }

    void choose(const QString &box, const QString &word) const
    {
        auto *combo = find<QComboBox>(box);
        combo->setCurrentIndex(combo->findData(word));
    }
};

} // namespace

class TestDeveloperPage final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { DesktopApplication::prepare(); }

    void isThereOnlyForDevelopers()
    {
        const WindowFixture users;
        QCOMPARE(users.find<QListWidget>(u"navigation"_s)->count(), 5);
        QVERIFY(users.find<QWidget>(u"developerPage"_s) == nullptr);
        WindowFixture developers(Audience::Developers);
        QCOMPARE(developers.find<QListWidget>(u"navigation"_s)->count(), 6);
        developers.window.actionRegistry().find(u"page.developer"_s)->trigger();
        QCOMPARE(developers.window.currentPage(), PageId::Developer);
        QVERIFY(developers.find<QWidget>(u"developerPage"_s)->isVisible());
    }

    void showsRulesAndWhatTheyDid()
    {
        tests::FakeGatewayControl gateway;
        tests::fillSample(gateway);
        gateway.chaosNow = tests::someChaos();
        GatewayFeed feed(gateway);
        MessageList messages;
        DeveloperPresenter presenter(feed, messages, 1ms);
        const QAbstractItemModelTester rulesAreWellBehaved(&presenter.rules());
        const QAbstractItemModelTester countsAreWellBehaved(&presenter.counts());
        QCOMPARE(presenter.rules().rowCount(), 0);
        presenter.setActive(true);
        QCOMPARE(
            rowOf(presenter.rules(), 0), (QStringList{u"Groq"_s, u"429-day"_s, u"30 %"_s, u"7"_s}));
        QCOMPARE(
            rowOf(presenter.rules(), 1),
            (QStringList{u"All providers"_s, u"any"_s, u"10 %"_s, u"1"_s}));
        QCOMPARE(rowOf(presenter.counts(), 0), (QStringList{u"Groq"_s, u"429-day"_s, u"21"_s}));
        QCOMPARE(presenter.stateText(), u"Faults are being played on purpose: 23 so far."_s);
        gateway.chaosNow.played.front().count = 22;
        QTRY_COMPARE(rowOf(presenter.counts(), 0).last(), u"22"_s);
        presenter.setActive(false);
        gateway.chaosNow.rules.on = false;
        presenter.setActive(true);
        QCOMPARE(presenter.stateText(), u"No faults are being played."_s);
    }

    void switchesOffAndOn()
    {
        const PageFixture fixture;
        auto *box = fixture.find<QCheckBox>(u"chaosSwitch"_s);
        QVERIFY(box->isChecked());
        QVERIFY(fixture.gateway.chaosOrders.empty()); // showing is no order
        box->click();
        QCOMPARE(fixture.gateway.chaosOrders.size(), std::size_t(1));
        QVERIFY(!fixture.gateway.chaosOrders.back().on);
        QCOMPARE(fixture.gateway.chaosOrders.back().list.size(), std::size_t(2));
        box->click();
        QVERIFY(fixture.gateway.chaosOrders.back().on);
    }

    void addsARule()
    {
        const PageFixture fixture;
        fixture.choose(u"chaosProviderBox"_s, u"mistral"_s);
        fixture.choose(u"chaosFaultBox"_s, u"cut"_s);
        auto *rate = fixture.find<QComboBox>(u"chaosRateBox"_s);
        rate->setCurrentIndex(rate->count() - 1);
        fixture.find<QLineEdit>(u"chaosSeedBox"_s)->setText(u"99"_s);
        fixture.find<QPushButton>(u"addRuleButton"_s)->click();
        QCOMPARE(fixture.gateway.chaosOrders.size(), std::size_t(1));
        QCOMPARE(
            fixture.gateway.chaosOrders.back().list.back(),
            (interfaces::ChaosRule{u"mistral"_s, u"cut"_s, 1, 99}));
        QCOMPARE(fixture.find<QTableView>(u"chaosRuleTable"_s)->model()->rowCount(), 3);
    }

    void removesTheSelectedRule()
    {
        const PageFixture fixture;
        auto *button = fixture.find<QPushButton>(u"removeRuleButton"_s);
        QVERIFY(!button->isEnabled());
        fixture.find<QTableView>(u"chaosRuleTable"_s)->selectRow(0);
        QVERIFY(button->isEnabled());
        button->click();
        QCOMPARE(fixture.gateway.chaosOrders.back().list.size(), std::size_t(1));
        QCOMPARE(fixture.gateway.chaosOrders.back().list.front().fault, u"any"_s);
        QVERIFY(!button->isEnabled());
    }

    void tellsWhenAnOrderIsRefused()
    {
        PageFixture fixture;
        fixture.gateway.chaosError = common::Error{
            common::ErrorKind::InvalidArgument, u"Chaos: there is no provider “x”."_s};
        fixture.find<QCheckBox>(u"chaosSwitch"_s)->click();
        QCOMPARE(fixture.messages.entries().size(), std::size_t(1));
        QVERIFY(fixture.find<QCheckBox>(u"chaosSwitch"_s)->isChecked()); // as it is in truth
    }

    void theWindowAndTheTraySayThatItIsOn()
    {
        PageFixture fixture;
        QVERIFY(fixture.find<StateLabel>(u"statusBarState"_s)->text().contains(u"CHAOS"_s));
        const TrayPresenter tray(fixture.feed, fixture.commands);
        QVERIFY(tray.toolTip().contains(u"CHAOS IS ON"_s));
        fixture.gateway.now.chaos.on = false;
        fixture.feed.refresh();
        QVERIFY(!fixture.find<StateLabel>(u"statusBarState"_s)->text().contains(u"CHAOS"_s));
        QVERIFY(!tray.toolTip().contains(u"CHAOS"_s));
    }
};

QTEST_MAIN(TestDeveloperPage)
#include "tst_developer_page.moc"
