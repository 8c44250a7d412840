#include "tests/support/window_fixture.h"
#include "ui/pages/providers/providers_presenter.h"
#include "ui/shell/desktop_application.h"

#include <QClipboard>
#include <QComboBox>
#include <QDesktopServices>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTableWidget>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::ui;
using tests::WindowFixture;

namespace {

QSet<QAction *> actionsOf(const QMenu *menu)
{
    QSet<QAction *> found;
    for (QAction *action : menu->actions()) {
        found.insert(action);
    }
    for (const QMenu *submenu : menu->findChildren<QMenu *>()) {
        for (QAction *action : submenu->actions()) {
            found.insert(action);
        }
    }
    return found;
}

// Takes what would be opened in the desktop's file manager.
class FileManager final : public QObject
{
    Q_OBJECT

public:
    QList<QUrl> shown;

    FileManager() { QDesktopServices::setUrlHandler(u"file"_s, this, "show"); }
    ~FileManager() override { QDesktopServices::unsetUrlHandler(u"file"_s); }

public Q_SLOTS:
    void show(const QUrl &url) { shown.append(url); }
};

// Counts what is painted in a window and its children.
class PaintCounter final : public QObject
{
public:
    int paints = 0;

    void watch(const QWidget &window)
    {
        for (QWidget *child : window.findChildren<QWidget *>()) {
            child->installEventFilter(this);
        }
    }

    /// Begins at 0 once nothing has been painted for a while: what was under way is through.
    void settle()
    {
        do {
            paints = 0;
            QVERIFY(!QTest::qWaitFor([] { return false; }, 100));
        } while (paints > 0);
    }

    bool eventFilter(QObject * /*watched*/, QEvent *event) override
    {
        paints += event->type() == QEvent::Paint ? 1 : 0;
        return false;
    }
};

} // namespace

class TestMainWindow final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { DesktopApplication::prepare(); }

    void everyActionHasAShortcutOfItsOwnAndAMenuEntry()
    {
        WindowFixture fixture;
        const ActionRegistry &registry = fixture.window.actionRegistry();
        QVERIFY2(registry.conflicts().isEmpty(), qPrintable(registry.conflicts().join(u' ')));
        QSet<QAction *> inMenus;
        for (const QMenu *menu : fixture.window.menuBar()->findChildren<QMenu *>()) {
            inMenus.unite(actionsOf(menu));
        }
        for (QAction *action : registry.actions()) {
            QVERIFY2(!action->shortcut().isEmpty(), qPrintable(action->objectName()));
            QVERIFY2(inMenus.contains(action), qPrintable(action->objectName()));
        }
    }

    void pagesAreReachedByAction()
    {
        WindowFixture fixture;
        fixture.window.actionRegistry().find(u"page.requests"_s)->trigger();
        QCOMPARE(fixture.window.currentPage(), PageId::Requests);
        QCOMPARE(fixture.find<QListWidget>(u"navigation"_s)->currentRow(), 2);
    }

    void pauseAndModeWorkFromTheOverview()
    {
        WindowFixture fixture;
        fixture.find<QPushButton>(u"pauseButton"_s)->click();
        QVERIFY(fixture.gateway.now.paused);
        QCOMPARE(fixture.find<QLabel>(u"overviewTitle"_s)->text(), u"Paused"_s);
        fixture.find<QRadioButton>(u"modeFreeRadio"_s)->click();
        QVERIFY(fixture.gateway.now.mode == common::Mode::Free);
        QVERIFY(fixture.window.actionRegistry().find(u"mode.free"_s)->isChecked());
    }

    void theAddressIsCopiedAndTheButtonSaysSo()
    {
        WindowFixture fixture;
        auto *copy = fixture.find<QPushButton>(u"copyEndpointButton"_s);
        copy->click();
        QCOMPARE(QGuiApplication::clipboard()->text(), u"http://127.0.0.1:8000"_s);
        QCOMPARE(copy->text(), u"Copied"_s);
    }

    void theWholeAddressIsSeenInANarrowWindow()
    {
        WindowFixture fixture;
        fixture.window.resize(1000, 640);
        auto *edit = fixture.find<QLineEdit>(u"endpointEdit"_s);
        const QString address = u"http://127.0.0.1:8000/v1"_s;
        fixture.gateway.now.endpoint = address;
        fixture.feed.refresh();
        QVERIFY(QTest::qWaitForWindowExposed(&fixture.window));
        QCOMPARE(edit->text(), address);
        edit->home(false);
        edit->grab(); // it scrolls when it paints
        QCOMPARE(fixture.window.width(), 1000);
        // There is room behind it: its end is where a click well before the edge leads.
        const int room = edit->width() - edit->fontMetrics().averageCharWidth();
        QTRY_COMPARE(edit->cursorPositionAt(QPoint(room, edit->height() / 2)), int(address.size()));
    }

    void aTakenPortIsSolvedFromTheOverview()
    {
        WindowFixture fixture;
        fixture.gateway.now.listening = false;
        fixture.gateway.now.endpoint.clear();
        fixture.gateway.now.problem = u"Port 8000 is taken by python3 (process 42)."_s;
        fixture.gateway.now.nextFreePort = 8001;
        fixture.feed.refresh();
        QVERIFY(fixture.find<QLabel>(u"overviewSentence"_s)->text().contains(u"python3"_s));
        QVERIFY(fixture.find<QPushButton>(u"otherStepButton"_s)->isVisible());
        fixture.find<QPushButton>(u"nextStepButton"_s)->click();
        QCOMPARE(fixture.find<QLineEdit>(u"endpointEdit"_s)->text(), u"http://127.0.0.1:8001"_s);
        fixture.window.showPage(PageId::Connect);
        QVERIFY(fixture.find<QPlainTextEdit>(u"snippetText"_s)
                    ->toPlainText()
                    .contains(u"127.0.0.1:8001"_s));
    }

    void nextStepOfTheDemoLeadsToTheProviders()
    {
        WindowFixture fixture;
        fixture.gateway.now.demo = true;
        fixture.gateway.now.providersConfigured = 0;
        fixture.feed.refresh();
        fixture.find<QPushButton>(u"nextStepButton"_s)->click();
        QCOMPARE(fixture.window.currentPage(), PageId::Providers);
    }

    void requestsAreListedFilteredAndCopied()
    {
        WindowFixture fixture;
        fixture.window.showPage(PageId::Requests);
        auto *table = fixture.find<QTableView>(u"requestTable"_s);
        QCOMPARE(table->model()->rowCount(), 12);
        QAction *copy = fixture.window.actionRegistry().find(u"view.copyRow"_s);
        QVERIFY(!copy->isEnabled());
        QVERIFY(!copy->toolTip().isEmpty());
        auto *status = fixture.find<QComboBox>(u"statusFilter"_s);
        status->setCurrentIndex(status->findText(u"Failed"_s));
        QTRY_COMPARE(table->model()->rowCount(), 1);
        table->selectRow(0);
        QVERIFY(copy->isEnabled());
        copy->trigger();
        QVERIFY(QGuiApplication::clipboard()->text().contains(u"gemini-2.5-flash"_s));
    }

    void anEmptyLogSaysWhyAndLeadsToTheApps()
    {
        WindowFixture fixture;
        fixture.gateway.requests.clear();
        fixture.gateway.past.rows.clear();
        fixture.window.showPage(PageId::Requests);
        auto *button = fixture.find<QPushButton>(u"requestsEmptyButton"_s);
        QTRY_VERIFY(button->isVisible());
        button->click();
        QCOMPARE(fixture.window.currentPage(), PageId::Apps);
    }

    void theErrorFilterWaitsForTheTypingToRestAndIsCleared()
    {
        WindowFixture fixture;
        fixture.window.showPage(PageId::Requests);
        auto *table = fixture.find<QTableView>(u"requestTable"_s);
        QTRY_COMPARE(fixture.gateway.past.pages, 1);
        fixture.window.actionRegistry().find(u"view.filter"_s)->trigger();
        auto *edit = fixture.find<QLineEdit>(u"requestFilterEdit"_s);
        QTest::keyClicks(edit, u"LIMIT"_s);
        QCOMPARE(fixture.gateway.past.pages, 1);
        QTRY_COMPARE(table->model()->rowCount(), 1);
        QCOMPARE(fixture.gateway.past.pages, 2);
        edit->setText(u"no such error"_s);
        auto *clear = fixture.find<QPushButton>(u"clearFilterButton"_s);
        QTRY_VERIFY(clear->isVisible());
        clear->click();
        QTRY_COMPARE(table->model()->rowCount(), 12);
        QVERIFY(edit->text().isEmpty());
    }

    void theSelectedRequestIsExplained()
    {
        WindowFixture fixture;
        fixture.window.showPage(PageId::Requests);
        fixture.find<QTableView>(u"requestTable"_s)->selectRow(0);
        const auto *candidates = fixture.find<QTableWidget>(u"candidateTable"_s);
        QTRY_COMPARE(candidates->rowCount(), 5);
        QVERIFY(candidates->isVisible());
        QVERIFY(fixture.find<QLabel>(u"decisionText"_s)->text().contains(u"3 ranked"_s));
        fixture.find<QPushButton>(u"saveRequestButton"_s)->click();
        auto *dialog = fixture.find<QFileDialog>(u"saveRequestDialog"_s);
        QVERIFY(dialog != nullptr);
        QVERIFY(dialog->selectedFiles().value(0).endsWith(u"/req_12.json"_s));
        dialog->reject();
        auto *copy = fixture.find<QPushButton>(u"copyIdButton"_s);
        copy->click();
        QCOMPARE(QGuiApplication::clipboard()->text(), u"req_12"_s);
        fixture.find<QPushButton>(u"copyCurlButton"_s)->click();
        QVERIFY(QGuiApplication::clipboard()->text().startsWith(u"curl "_s));
    }

    void whatWasAskedAgainIsSelectedWhereverTheListStands()
    {
        WindowFixture fixture;
        for (quint64 sequence = 13; sequence <= 60; ++sequence) {
            fixture.gateway.requests.insert(
                fixture.gateway.requests.begin(), tests::aRequest(sequence));
        }
        fixture.gateway.past.known[u"req_60"_s].texts = interfaces::RequestTexts{
            u"{}"_s, false, {}, false};
        fixture.window.showPage(PageId::Requests);
        auto *table = fixture.find<QTableView>(u"requestTable"_s);
        table->selectRow(0);
        auto *again = fixture.find<QPushButton>(u"askAgainButton"_s);
        QTRY_VERIFY(again->isEnabled());
        table->verticalScrollBar()->setValue(10);
        again->click();
        QTRY_VERIFY(again->isEnabled());
        auto row = tests::aRequest(61);
        row.requestId = u"req_new"_s;
        fixture.gateway.requests.insert(fixture.gateway.requests.begin(), row);
        QTRY_COMPARE(table->model()->rowCount(), 61);
        QTRY_COMPARE(table->selectionModel()->currentIndex().row(), 0);
        QCoreApplication::processEvents(); // what is queued for the scroll bar
        QCOMPARE(table->rowAt(0), 0);
        fixture.find<QPushButton>(u"copyIdButton"_s)->click();
        QCOMPARE(QGuiApplication::clipboard()->text(), u"req_new"_s);
    }

    void aListThatWasScrolledStaysWhereItIsRead()
    {
        WindowFixture fixture;
        for (quint64 sequence = 13; sequence <= 60; ++sequence) {
            fixture.gateway.requests.insert(
                fixture.gateway.requests.begin(), tests::aRequest(sequence));
        }
        fixture.window.showPage(PageId::Requests);
        auto *table = fixture.find<QTableView>(u"requestTable"_s);
        QCOMPARE(table->rowAt(0), 0);
        fixture.gateway.requests.insert(fixture.gateway.requests.begin(), tests::aRequest(61));
        QTRY_COMPARE(table->model()->rowCount(), 61);
        QCOMPARE(table->rowAt(0), 0); // on top it follows
        table->verticalScrollBar()->setValue(10);
        const QString before = table->model()->index(table->rowAt(0), 0).data().toString();
        fixture.gateway.requests.insert(fixture.gateway.requests.begin(), tests::aRequest(62));
        QTRY_COMPARE(table->model()->rowCount(), 62);
        QTRY_COMPARE(table->verticalScrollBar()->value(), 11);
        QCOMPARE(table->model()->index(table->rowAt(0), 0).data().toString(), before);
    }

    void snippetsFollowTheChosenTool()
    {
        WindowFixture fixture;
        fixture.window.showPage(PageId::Connect);
        fixture.find<QListWidget>(u"toolList"_s)->setCurrentRow(2);
        QVERIFY(fixture.find<QPlainTextEdit>(u"snippetText"_s)
                    ->toPlainText()
                    .contains(u"from openai import OpenAI"_s));
    }

    void theTestActionTestsTheSelectedProviderOrAsksForAKey()
    {
        WindowFixture fixture;
        fixture.window.providers().select("groq");
        fixture.window.actionRegistry().find(u"keys.test"_s)->trigger();
        QCOMPARE(fixture.gateway.tested.front().fingerprint, "f1"_ba);
        fixture.window.providers().select("mistral");
        fixture.window.actionRegistry().find(u"keys.test"_s)->trigger();
        QCOMPARE(fixture.gateway.tested.size(), std::size_t(1));
    }

    void aHiddenWindowPollsNothingAndPaintsNothing()
    {
        WindowFixture fixture;
        fixture.window.showPage(PageId::Requests);
        fixture.window.hide();
        PaintCounter counter;
        fixture.window.installEventFilter(&counter);
        for (QWidget *child : fixture.window.findChildren<QWidget *>()) {
            child->installEventFilter(&counter);
        }
        for (const QTimer *timer : fixture.window.findChildren<QTimer *>()) {
            QVERIFY2(!timer->isActive() || timer->isSingleShot(), qPrintable(timer->objectName()));
        }
        const int reads = fixture.gateway.requestReads;
        fixture.gateway.now.paused = true;
        fixture.gateway.announce();
        const QSignalSpy changes(&fixture.feed, &GatewayFeed::changed);
        fixture.gateway.announce();
        QTRY_COMPARE(changes.count(), 1); // a quarter of a second: a poll would have come by
        QCOMPARE(fixture.gateway.requestReads, reads);
        QCOMPARE(counter.paints, 0);
    }

    void anOverviewThatIsNotSeenAsksForNoFiguresAndPaintsNothing_data()
    {
        QTest::addColumn<bool>("minimised");
        QTest::newRow("hidden") << false;
        QTest::newRow("minimised") << true;
    }

    void anOverviewThatIsNotSeenAsksForNoFiguresAndPaintsNothing()
    {
        QFETCH(bool, minimised);
        WindowFixture fixture;
        const auto charts = [&] { return fixture.find<QWidget>(u"activityCharts"_s); };
        QTRY_VERIFY(charts() != nullptr && charts()->isVisible());
        minimised ? fixture.window.showMinimized() : fixture.window.hide();
        PaintCounter counter;
        counter.watch(*charts());
        counter.settle();
        const int questions = fixture.gateway.past.statsQuestions;
        const int reads = fixture.gateway.requestReads;
        const QSignalSpy changes(&fixture.feed, &GatewayFeed::changed);
        for (int count = 1; count <= 6; ++count) { // a second and a half: a pace would have come by
            fixture.gateway.now.requestsTotal += 1;
            fixture.gateway.past.figures.series.back().figures.requests += 100;
            fixture.gateway.announce();
            QTRY_COMPARE(changes.count(), count);
        }
        QCOMPARE(fixture.gateway.past.statsQuestions, questions);
        QCOMPARE(fixture.gateway.requestReads, reads);
        QCOMPARE(counter.paints, 0);
        fixture.window.showNormal();
        QTRY_VERIFY(fixture.gateway.past.statsQuestions > questions);
    }

    void healthThatIsNotSeenIsNotAskedForAndPaintsNothing_data()
    {
        QTest::addColumn<int>("how");
        QTest::newRow("hidden") << 0;
        QTest::newRow("minimised") << 1;
        QTest::newRow("another page") << 2;
    }

    void healthThatIsNotSeenIsNotAskedForAndPaintsNothing()
    {
        QFETCH(int, how);
        WindowFixture fixture;
        fixture.window.showPage(PageId::Providers);
        fixture.window.providers().select("groq");
        const auto charts = [&] { return fixture.find<QWidget>(u"healthCharts"_s); };
        QTRY_VERIFY(charts() != nullptr && charts()->isVisible());
        how == 0       ? fixture.window.hide()
            : how == 1 ? fixture.window.showMinimized()
                       : fixture.window.showPage(PageId::Connect);
        PaintCounter counter;
        counter.watch(*charts());
        counter.settle();
        const int reads = fixture.gateway.healthReads;
        const QSignalSpy changes(&fixture.feed, &GatewayFeed::changed);
        fixture.gateway.healths["groq"].samples.back()->underWay += 1;
        fixture.gateway.announce();
        fixture.gateway.announce();
        QTRY_COMPARE(changes.count(), 2);
        QVERIFY(!fixture.window.providers().health().isActive());
        QCOMPARE(fixture.gateway.healthReads, reads);
        QCOMPARE(counter.paints, 0);
        fixture.window.showNormal();
        fixture.window.showPage(PageId::Providers);
        QTRY_VERIFY(fixture.gateway.healthReads > reads);
    }

    void aMinimisedWindowPollsNothing()
    {
        WindowFixture fixture;
        fixture.window.showPage(PageId::Requests);
        fixture.window.showMinimized();
        const int reads = fixture.gateway.requestReads;
        const QSignalSpy changes(&fixture.feed, &GatewayFeed::changed);
        fixture.gateway.announce();
        fixture.gateway.announce();
        QTRY_COMPARE(changes.count(), 2);
        QCOMPARE(fixture.gateway.requestReads, reads);
    }

    void shortcutsAreListed()
    {
        WindowFixture fixture;
        fixture.window.actionRegistry().find(u"help.shortcuts"_s)->trigger();
        const auto *table = fixture.find<QTableWidget>(u"shortcutsTable"_s);
        QCOMPARE(table->rowCount(), int(fixture.window.actionRegistry().actions().size()));
    }

    void closingIsAskedForNotDone()
    {
        WindowFixture fixture;
        const QSignalSpy requests(&fixture.window, &MainWindow::closeRequested);
        QVERIFY(!fixture.window.close());
        QCOMPARE(requests.count(), 1);
        fixture.window.allowClose();
        QVERIFY(fixture.window.close());
    }

    void theLogFolderIsShownFromThePageAndTheMenu()
    {
        WindowFixture fixture;
        FileManager files;
        fixture.window.showPage(PageId::Requests);
        fixture.find<QPushButton>(u"logFolderButton"_s)->click();
        QCOMPARE(files.shown, QList<QUrl>{QUrl::fromLocalFile(fixture.logs.path())});
        fixture.window.actionRegistry().find(u"view.logFolder"_s)->trigger();
        QCOMPARE(files.shown.size(), 2);
        QVERIFY(fixture.messages.entries().empty());
    }

    void theLogFolderCanBeReachedWithoutRequests()
    {
        WindowFixture fixture;
        fixture.gateway.requests.clear();
        fixture.gateway.past.rows.clear();
        fixture.window.showPage(PageId::Requests);
        QTRY_VERIFY(fixture.find<QPushButton>(u"requestsEmptyButton"_s)->isVisible());
        QVERIFY(fixture.find<QPushButton>(u"logFolderButton"_s)->isVisible());
    }

    void aLogFolderThatIsNotThereIsSaid()
    {
        WindowFixture fixture;
        FileManager files;
        QVERIFY(fixture.logs.remove());
        fixture.window.actionRegistry().find(u"view.logFolder"_s)->trigger();
        QVERIFY(files.shown.isEmpty());
        QCOMPARE(fixture.messages.entries().size(), std::size_t(1));
        QCOMPARE(fixture.messages.entries().front().message.details, fixture.logs.path());
    }
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
