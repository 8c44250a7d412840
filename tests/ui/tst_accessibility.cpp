#include "tests/support/window_fixture.h"
#include "ui/pages/providers/providers_presenter.h"
#include "ui/shell/desktop_application.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QRadioButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::ui;
using tests::WindowFixture;

namespace {

QString describe(const QWidget *widget)
{
    return u"%1 “%2”"_s.arg(
        QString::fromLatin1(widget->metaObject()->className()), widget->objectName());
}

// A radio group is one tab stop: its checked button.
bool isTabStop(const QWidget *widget)
{
    const auto *radio = qobject_cast<const QRadioButton *>(widget);
    return widget->isVisible() && widget->isEnabled() && (widget->focusPolicy() & Qt::TabFocus) != 0
        && (radio == nullptr || radio->isChecked());
}

QList<QWidget *> tabStops(const QWidget &window)
{
    QList<QWidget *> stops;
    for (QWidget *widget : window.findChildren<QWidget *>()) {
        if (isTabStop(widget)) {
            stops.append(widget);
        }
    }
    return stops;
}

QRect areaIn(const QWidget &window, const QWidget *widget)
{
    return {widget->mapTo(&window, QPoint()), widget->size()};
}

// Where focus has scrolled to is not the reading order.
void scrollBack(const QWidget &window)
{
    for (const QScrollArea *area : window.findChildren<QScrollArea *>()) {
        area->verticalScrollBar()->setValue(0);
    }
}

void addPages()
{
    QTest::addColumn<PageId>("page");
    QTest::addColumn<QByteArray>("provider");
    QTest::newRow("overview") << PageId::Overview << QByteArray();
    QTest::newRow("overview, table") << PageId::Overview << QByteArray("table");
    QTest::newRow("providers, keyless") << PageId::Providers << QByteArray("ovh");
    QTest::newRow("providers, with keys") << PageId::Providers << QByteArray("groq");
    QTest::newRow("providers, health as table") << PageId::Providers << QByteArray("table");
    QTest::newRow("providers, used up") << PageId::Providers << QByteArray("google");
    QTest::newRow("providers, no key") << PageId::Providers << QByteArray("openai");
    QTest::newRow("requests") << PageId::Requests << QByteArray();
    QTest::newRow("requests, one selected") << PageId::Requests << QByteArray("req_12");
    QTest::newRow("apps") << PageId::Apps << QByteArray();
    QTest::newRow("apps, keys") << PageId::Apps << QByteArray("keys");
    QTest::newRow("connect") << PageId::Connect << QByteArray();
    QTest::newRow("developer") << PageId::Developer << QByteArray();
}

tests::Audience audienceOf(PageId page)
{
    return page == PageId::Developer ? tests::Audience::Developers : tests::Audience::Users;
}

} // namespace

class TestAccessibility final : public QObject
{
    Q_OBJECT

private:
    static void open(WindowFixture &fixture)
    {
        QFETCH(PageId, page);
        QFETCH(QByteArray, provider);
        fixture.window.showPage(page);
        if (page == PageId::Overview) {
            // The charts come once the page has been painted.
            QTRY_VERIFY(fixture.find<QWidget>(u"activityCharts"_s) != nullptr);
            QTRY_VERIFY(fixture.find<QWidget>(u"activityCharts"_s)->isVisible());
            if (provider == "table") {
                fixture.find<QAbstractButton>(u"activityTableButton"_s)->click();
            }
        } else if (page == PageId::Apps && provider == "keys") {
            fixture.find<QTabWidget>(u"appTabs"_s)->setCurrentIndex(1);
            fixture.find<QAbstractButton>(u"appKeyMakeButton"_s)->click();
        } else if (page == PageId::Requests && !provider.isEmpty()) {
            fixture.find<QTableView>(u"requestTable"_s)->selectRow(0);
            QTRY_VERIFY(fixture.find<QWidget>(u"candidateTable"_s)->isVisible());
        } else if (page == PageId::Providers) {
            const bool asTable = provider == "table";
            fixture.window.providers().select(asTable ? QByteArray("groq") : provider);
            QTRY_VERIFY(fixture.find<QWidget>(u"healthSection"_s) != nullptr);
            if (asTable) {
                fixture.find<QAbstractButton>(u"healthTableButton"_s)->click();
            }
        }
        common::Error error{common::ErrorKind::Timeout, u"The provider did not answer."_s};
        error.detail = u"connect timed out after 10 s"_s;
        fixture.messages.addError(error);
    }

private Q_SLOTS:
    void initTestCase() { DesktopApplication::prepare(); }

    void everyControlHasANameOfItsOwn_data() { addPages(); }
    void everyControlHasANameOfItsOwn()
    {
        QFETCH(PageId, page);
        WindowFixture fixture(audienceOf(page));
        open(fixture);
        QStringList names;
        for (QWidget *widget : fixture.window.findChildren<QWidget *>()) {
            if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus) {
                continue;
            }
            const QAccessibleInterface *face = QAccessible::queryAccessibleInterface(widget);
            QVERIFY2(face != nullptr, qPrintable(describe(widget)));
            const QString name = face->text(QAccessible::Name);
            QVERIFY2(!name.isEmpty(), qPrintable(describe(widget)));
            QVERIFY2(!names.contains(name), qPrintable(u"“%1” twice"_s.arg(name)));
            names.append(name);
        }
        QVERIFY(names.size() >= 4);
    }

    void everyFieldHasALabelThatIsItsBuddy_data() { addPages(); }
    void everyFieldHasALabelThatIsItsBuddy()
    {
        QFETCH(PageId, page);
        WindowFixture fixture(audienceOf(page));
        open(fixture);
        QList<QWidget *> buddies;
        for (const QLabel *label : fixture.window.findChildren<QLabel *>()) {
            buddies.append(label->buddy());
            const bool mnemonic = label->textFormat() != Qt::PlainText
                && !QKeySequence::mnemonic(label->text()).isEmpty();
            QVERIFY2(!mnemonic || label->buddy() != nullptr, qPrintable(label->text()));
        }
        for (QLineEdit *edit : fixture.window.findChildren<QLineEdit *>()) {
            QVERIFY2(!edit->isVisible() || buddies.contains(edit), qPrintable(describe(edit)));
        }
    }

    void tabReachesEveryControlInReadingOrderAndLeavesIt_data() { addPages(); }
    void tabReachesEveryControlInReadingOrderAndLeavesIt()
    {
        QFETCH(PageId, page);
        WindowFixture fixture(audienceOf(page));
        open(fixture);
        fixture.window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&fixture.window));
        QList<QWidget *> expected = tabStops(fixture.window);
        expected.first()->setFocus(Qt::TabFocusReason);
        QList<QWidget *> visited;
        for (int i = 0; i < expected.size() * 2; ++i) {
            QWidget *focused = QApplication::focusWidget();
            QVERIFY(focused != nullptr);
            if (visited.contains(focused)) {
                break;
            }
            visited.append(focused);
            QTest::keyClick(focused, Qt::Key_Tab);
        }
        for (const QWidget *stop : expected) {
            QVERIFY2(visited.contains(stop), qPrintable(u"not reached: %1"_s.arg(describe(stop))));
        }
        scrollBack(fixture.window);
        for (qsizetype i = 1; i < visited.size(); ++i) {
            const QRect before = areaIn(fixture.window, visited.at(i - 1));
            const QRect after = areaIn(fixture.window, visited.at(i));
            const bool goesOn = after.bottom() >= before.top() || after.left() >= before.right();
            QVERIFY2(
                goesOn,
                qPrintable(
                    u"%1 before %2"_s.arg(describe(visited.at(i - 1)), describe(visited.at(i)))));
        }
    }

    void noTwoMnemonicsOfAPageCollide_data() { addPages(); }
    void noTwoMnemonicsOfAPageCollide()
    {
        QFETCH(PageId, page);
        WindowFixture fixture(audienceOf(page));
        open(fixture);
        QStringList taken;
        const auto take = [&taken](const QString &text) {
            const QString keys = QKeySequence::mnemonic(text).toString();
            const bool fresh = keys.isEmpty() || !taken.contains(keys);
            taken.append(keys);
            return fresh;
        };
        for (const QAction *menu : fixture.window.menuBar()->actions()) {
            QVERIFY2(take(menu->text()), qPrintable(menu->text()));
        }
        for (const QAbstractButton *button : fixture.window.findChildren<QAbstractButton *>()) {
            QVERIFY2(!button->isVisible() || take(button->text()), qPrintable(button->text()));
        }
        for (const QTabBar *bar : fixture.window.findChildren<QTabBar *>()) {
            for (int tab = 0; bar->isVisible() && tab < bar->count(); ++tab) {
                QVERIFY2(take(bar->tabText(tab)), qPrintable(bar->tabText(tab)));
            }
        }
        for (const QLabel *label : fixture.window.findChildren<QLabel *>()) {
            QVERIFY2(
                !label->isVisible() || label->buddy() == nullptr || take(label->text()),
                qPrintable(label->text()));
        }
    }
};

QTEST_MAIN(TestAccessibility)
#include "tst_accessibility.moc"
