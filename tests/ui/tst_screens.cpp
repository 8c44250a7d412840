#include "tests/support/window_fixture.h"
#include "ui/models/text_table_model.h"
#include "ui/pages/providers/providers_presenter.h"
#include "ui/shell/desktop_application.h"
#include "ui/theme/tones.h"

#include <QAbstractButton>
#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QSet>
#include <QStyle>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::ui;
using tests::WindowFixture;

namespace {

struct Screen
{
    QString name;
    PageId page;
    std::function<void(WindowFixture &)> prepare;
};

void scrollToEnd(WindowFixture &fixture)
{
    auto *page = fixture.find<QWidget>(u"overviewPage"_s);
    auto *scroll = page->findChild<QScrollArea *>();
    QCoreApplication::processEvents();
    scroll->verticalScrollBar()->setValue(scroll->verticalScrollBar()->maximum());
}

/// The part of the page that shows how the provider was lately.
void showHealth(WindowFixture &fixture)
{
    fixture.window.providers().select("groq");
    const auto section = [&] { return fixture.find<QWidget>(u"healthSection"_s); };
    QTRY_VERIFY(section() != nullptr && section()->isVisible());
    for (QWidget *part = section(); part != nullptr; part = part->parentWidget()) {
        if (auto *scroll = qobject_cast<QScrollArea *>(part)) {
            QTRY_VERIFY(scroll->verticalScrollBar()->maximum() > section()->height() / 2);
            scroll->verticalScrollBar()->setValue(section()->mapTo(scroll->widget(), QPoint()).y());
        }
    }
}

void showActivity(WindowFixture &fixture)
{
    QTRY_VERIFY(fixture.find<QWidget>(u"activityCharts"_s) != nullptr);
    QTRY_VERIFY(fixture.find<QWidget>(u"activityCharts"_s)->isVisible());
    scrollToEnd(fixture);
}

std::vector<Screen> screens()
{
    const auto select = [](const QByteArray &id) {
        return [id](WindowFixture &fixture) { fixture.window.providers().select(id); };
    };
    return {
        {u"overview"_s,
         PageId::Overview,
         [](WindowFixture &fixture) {
             QTRY_VERIFY(fixture.find<QWidget>(u"activityCharts"_s) != nullptr);
         }},
        {u"overview-charts"_s, PageId::Overview, showActivity},
        {u"overview-table"_s,
         PageId::Overview,
         [](WindowFixture &fixture) {
             showActivity(fixture);
             fixture.find<QAbstractButton>(u"activityTableButton"_s)->click();
             scrollToEnd(fixture);
         }},
        {u"overview-activity-empty"_s,
         PageId::Overview,
         [](WindowFixture &fixture) {
             QTRY_VERIFY(fixture.find<QWidget>(u"activityEmpty"_s) != nullptr);
             fixture.find<QAbstractButton>(u"rangeHourButton"_s)->click();
             QTRY_VERIFY(fixture.find<QWidget>(u"activityEmpty"_s)->isVisible());
             scrollToEnd(fixture);
         }},
        {u"overview-demo"_s,
         PageId::Overview,
         [](WindowFixture &fixture) {
             fixture.gateway.now.demo = true;
             fixture.gateway.now.providersConfigured = 0;
             fixture.feed.refresh();
         }},
        {u"overview-texts-kept"_s,
         PageId::Overview,
         [](WindowFixture &fixture) {
             fixture.gateway.now.recording.texts.keep = std::chrono::hours(24);
             fixture.gateway.now.recording.texts.oldestUntil = fixture.gateway.requests[0].time;
             fixture.feed.refresh();
         }},
        {u"overview-brownout"_s,
         PageId::Overview,
         [](WindowFixture &fixture) {
             fixture.gateway.now.brownout = {true, 2, 3};
             fixture.feed.refresh();
         }},
        {u"overview-port-taken"_s,
         PageId::Overview,
         [](WindowFixture &fixture) {
             fixture.gateway.now.listening = false;
             fixture.gateway.now.endpoint.clear();
             fixture.gateway.now.problem = u"Port 8000 is taken by python3 (process 4242)."_s;
             fixture.gateway.now.nextFreePort = 8001;
             fixture.feed.refresh();
         }},
        {u"providers-keyless"_s, PageId::Providers, select("ovh")},
        {u"providers-keys"_s, PageId::Providers, select("groq")},
        {u"providers-used-up"_s, PageId::Providers, select("google")},
        {u"providers-none"_s, PageId::Providers, select("openai")},
        {u"providers-health"_s, PageId::Providers, showHealth},
        {u"providers-health-end"_s,
         PageId::Providers,
         [](WindowFixture &fixture) {
             showHealth(fixture);
             fixture.find<QWidget>(u"healthCallsChart"_s)->setFocus();
             for (QScrollArea *scroll : fixture.window.findChildren<QScrollArea *>()) {
                 scroll->verticalScrollBar()->setValue(scroll->verticalScrollBar()->maximum());
             }
         }},
        {u"providers-health-table"_s,
         PageId::Providers,
         [](WindowFixture &fixture) {
             showHealth(fixture);
             fixture.find<QAbstractButton>(u"healthTableButton"_s)->click();
         }},
        {u"requests"_s,
         PageId::Requests,
         [](WindowFixture &fixture) { fixture.find<QTableView>(u"requestTable"_s)->selectRow(2); }},
        {u"requests-retried"_s,
         PageId::Requests,
         [](WindowFixture &fixture) {
             fixture.find<QTableView>(u"requestTable"_s)->selectRow(0);
             QTRY_VERIFY(fixture.find<QWidget>(u"candidateTable"_s)->isVisible());
         }},
        {u"requests-texts"_s,
         PageId::Requests,
         [](WindowFixture &fixture) {
             fixture.gateway.past.known[u"req_12"_s].texts = interfaces::RequestTexts{
                 u"{\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}"_s,
                 false,
                 u"Hello. What can I do for you?"_s,
                 false};
             fixture.find<QTableView>(u"requestTable"_s)->selectRow(0);
             auto *answer = fixture.find<QWidget>(u"answerText"_s);
             QTRY_VERIFY(answer->isVisible());
             for (QWidget *part = answer; part != nullptr; part = part->parentWidget()) {
                 if (auto *scroll = qobject_cast<QScrollArea *>(part)) {
                     QCoreApplication::processEvents();
                     scroll->ensureWidgetVisible(answer);
                 }
             }
         }},
        {u"requests-empty"_s, PageId::Requests, [](WindowFixture &) {}},
        {u"apps"_s, PageId::Apps, [](WindowFixture &) {}},
        {u"apps-keys"_s,
         PageId::Apps,
         [](WindowFixture &fixture) {
             fixture.find<QTabWidget>(u"appTabs"_s)->setCurrentIndex(1);
             fixture.find<QLineEdit>(u"appKeyNameEdit"_s)->setText(u"My script"_s);
             fixture.find<QAbstractButton>(u"appKeyMakeButton"_s)->click();
         }},
        {u"connect"_s, PageId::Connect, [](WindowFixture &) {}},
        {u"developer"_s,
         PageId::Developer,
         [](WindowFixture &fixture) {
             fixture.find<QTableView>(u"chaosRuleTable"_s)->selectRow(0);
         }},
        {u"messages"_s,
         PageId::Overview,
         [](WindowFixture &fixture) {
             fixture.messages.add({MessageKind::Success, u"Copied http://127.0.0.1:8000."_s});
             fixture.messages.add(
                 {MessageKind::Error, u"The key was rejected by Groq."_s, u"HTTP 401"_s});
             fixture.messages.add(
                 {MessageKind::Info, u"Key gsk…9f2c of Groq removed."_s, {}, u"U&ndo"_s});
         }},
    };
}

// A page, or a table that is to be read as a whole, that must be moved sideways for that, or "".
QString tooWide(const QWidget &window)
{
    for (const QAbstractScrollArea *scroll : window.findChildren<QAbstractScrollArea *>()) {
        const auto *table = qobject_cast<const QTableView *>(scroll);
        const bool isTable = table != nullptr
            && qobject_cast<TextTableModel *>(table->model()) != nullptr;
        const bool isPage = qobject_cast<const QScrollArea *>(scroll) != nullptr;
        const int excess = scroll->horizontalScrollBar()->maximum();
        if ((isTable || isPage) && scroll->isVisible() && excess > 0) {
            const QObject *named = isTable ? scroll : scroll->parent();
            return u"“%1” by %2 pixels"_s.arg(named->objectName()).arg(excess);
        }
    }
    return {};
}

// What is too small for its text, or "".
QString clipped(const QWidget &window)
{
    for (const QLabel *label : window.findChildren<QLabel *>()) {
        if (!label->isVisible() || label->text().isEmpty()) {
            continue;
        }
        const bool fits = label->wordWrap()
            ? label->heightForWidth(label->width()) <= label->height()
            : label->sizeHint().width() <= label->width()
                && label->sizeHint().height() <= label->height();
        if (!fits) {
            return u"label “%1”"_s.arg(label->text());
        }
    }
    for (const QAbstractButton *button : window.findChildren<QAbstractButton *>()) {
        const auto *tool = qobject_cast<const QToolButton *>(button);
        const bool hasText = !button->text().isEmpty()
            && (tool == nullptr || tool->toolButtonStyle() != Qt::ToolButtonIconOnly);
        if (button->isVisible() && hasText
            && (button->sizeHint().width() > button->width()
                || button->sizeHint().height() > button->height())) {
            return u"button “%1”"_s.arg(button->text());
        }
    }
    return {};
}

int colours(const QImage &image)
{
    QSet<QRgb> seen;
    for (int y = 0; y < image.height(); y += 2) {
        for (int x = 0; x < image.width(); x += 2) {
            seen.insert(image.pixel(x, y));
        }
    }
    return int(seen.size());
}

} // namespace

class TestScreens final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { DesktopApplication::prepare(); }
    void cleanup()
    {
        QApplication::setPalette(QApplication::style()->standardPalette());
        QApplication::setFont(m_usualFont);
    }

    void everyScreenIsPaintedAndNothingIsClipped_data()
    {
        QTest::addColumn<int>("screen");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<double>("fontScale");
        int index = 0;
        for (const Screen &screen : screens()) {
            const QByteArray name = screen.name.toLatin1();
            QTest::addRow("%s light", name.constData()) << index << false << 1.0;
            QTest::addRow("%s dark", name.constData()) << index << true << 1.0;
            QTest::addRow("%s large", name.constData()) << index << false << 1.5;
            ++index;
        }
    }

    void everyScreenIsPaintedAndNothingIsClipped()
    {
        QFETCH(int, screen);
        QFETCH(bool, dark);
        QFETCH(double, fontScale);
        QFont font = m_usualFont;
        font.setPointSizeF(font.pointSizeF() * fontScale);
        QApplication::setFont(font);
        if (dark) {
            QApplication::setPalette(darkPalette());
        }
        const Screen shown = screens().at(std::size_t(screen));
        WindowFixture fixture(
            shown.page == PageId::Developer ? tests::Audience::Developers : tests::Audience::Users);
        if (shown.name.endsWith(u"-empty"_s)) {
            fixture.gateway.requests.clear();
            fixture.gateway.past.rows.clear();
            fixture.gateway.past.figures = {};
        }
        fixture.window.showPage(shown.page);
        shown.prepare(fixture);
        QVERIFY(QTest::qWaitForWindowExposed(&fixture.window));
        QTRY_COMPARE(clipped(fixture.window), QString());
        QTRY_COMPARE(tooWide(fixture.window), QString());
        const QImage image = fixture.window.grab().toImage();
        save(image);
        QVERIFY(colours(image) > 20);
        QVERIFY(fixture.window.minimumSizeHint().width() <= WindowFixture::smallest.width());
        QVERIFY(fixture.window.minimumSizeHint().height() <= WindowFixture::smallest.height());
        QCOMPARE(fixture.window.size(), WindowFixture::smallest);
    }

private:
    QFont m_usualFont = QApplication::font();

    static void save(const QImage &image)
    {
        QDir folder(QDir::current());
        QVERIFY(folder.mkpath(u"screens"_s));
        const QString name = QString::fromLatin1(QTest::currentDataTag()).replace(u' ', u'-');
        QVERIFY(image.save(folder.filePath(u"screens/%1.png"_s.arg(name))));
    }
};

QTEST_MAIN(TestScreens)
#include "tst_screens.moc"
