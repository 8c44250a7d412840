#include "ui/theme/tones.h"
#include "ui/widgets/charts/chart_legend.h"
#include "ui/widgets/charts/chart_table_model.h"
#include "ui/widgets/charts/chart_ticks.h"
#include "ui/widgets/charts/time_chart.h"
#include "ui/widgets/figures.h"

#include <QAbstractItemModelTester>
#include <QAreaSeries>
#include <QChart>
#include <QGraphicsTextItem>
#include <QLineSeries>
#include <QPainter>
#include <QTest>
#include <QTextDocument>
#include <QValueAxis>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using namespace freerelay::ui;

namespace {

ChartData someChart(ChartKind kind)
{
    ChartData chart;
    chart.kind = kind;
    chart.start = QDateTime(QDate(2026, 11, 24), QTime(9, 0), Qt::UTC);
    chart.step = 900s;
    chart.steps = 6;
    chart.series = {
        {u"Answered"_s, ChartHue::Blue, {1.0, 2.0, {}, {}, 4.0, {}}},
        {u"Failed"_s, ChartHue::Red, {1.0, 0.0, {}, {}, 1.0, {}}}};
    return chart;
}

/// Counts the frames of a widget.
class Frames final : public QObject
{
public:
    explicit Frames(QWidget *widget) { widget->installEventFilter(this); }
    int count = 0;
    bool eventFilter(QObject *, QEvent *event) override
    {
        count += event->type() == QEvent::Paint ? 1 : 0;
        return false;
    }
};

/// Times to the first token of that order.
ChartData times(double milliseconds)
{
    ChartData chart = someChart(ChartKind::Lines);
    chart.unit = ChartUnit::Milliseconds;
    for (ChartSeries &series : chart.series) {
        for (auto &value : series.values) {
            value = value ? std::optional(*value * milliseconds) : std::nullopt;
        }
    }
    return chart;
}

bool hasPixel(const QImage &image, const QColor &color)
{
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            if (image.pixelColor(x, y) == color) {
                return true;
            }
        }
    }
    return false;
}

std::vector<const QGraphicsTextItem *> labelsIn(const TimeChart &chart)
{
    std::vector<const QGraphicsTextItem *> labels;
    for (const QGraphicsItem *item : chart.scene()->items()) {
        const auto *label = dynamic_cast<const QGraphicsTextItem *>(item);
        if (label != nullptr && label->isVisible() && !label->toPlainText().isEmpty()) {
            labels.push_back(label);
        }
    }
    return labels;
}

/// A label that lacks its end, or "".
QString shortened(const TimeChart &chart)
{
    const auto labels = labelsIn(chart);
    if (labels.empty()) {
        return u"there is none"_s;
    }
    for (const QGraphicsTextItem *label : labels) {
        const QString text = label->toPlainText();
        if (text.contains(u'…') || text.contains(u"..."_s)) {
            return text;
        }
    }
    return {};
}

/// A label that cannot be read: it lacks its end, or the chart cuts it; or "".
QString unreadable(const TimeChart &chart)
{
    for (const QGraphicsTextItem *label : labelsIn(chart)) {
        const double margin = label->document()->documentMargin();
        const QRectF glyphs = label->sceneBoundingRect().adjusted(margin, margin, -margin, -margin);
        if (!chart.scene()->sceneRect().contains(glyphs)) {
            return label->toPlainText();
        }
    }
    return shortened(chart);
}

QStringList labelsOf(const std::vector<ChartTick> &ticks)
{
    QStringList labels;
    for (const ChartTick &tick : ticks) {
        labels << tick.label;
    }
    return labels;
}

} // namespace

/// Charts over time: axes, gaps, frames, words, the table beside them.
class TestTimeChart final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom)); }

    void barsLeaveOutWhatIsNotKnown()
    {
        TimeChart chart;
        chart.setValues(someChart(ChartKind::Bars));
        const auto areas = chart.chart()->series();
        QCOMPARE(areas.size(), 2);
        const auto *answered = qobject_cast<QAreaSeries *>(areas[0]);
        QCOMPARE(answered->upperSeries()->count(), 3 * 4); // three bars
        // The second layer stands on the first one, and has no bar of no height.
        const auto *failed = qobject_cast<QAreaSeries *>(areas[1]);
        QCOMPARE(failed->upperSeries()->count(), 2 * 4);
        QCOMPARE(failed->lowerSeries()->at(0).y(), 1.0);
        QCOMPARE(failed->upperSeries()->at(1).y(), 2.0);
    }

    void linesBreakWhereNothingIsKnown()
    {
        TimeChart chart;
        chart.setValues(someChart(ChartKind::Lines));
        int lines = 0;
        for (const QAbstractSeries *series : chart.chart()->series()) {
            const auto *line = qobject_cast<const QLineSeries *>(series);
            QVERIFY(line != nullptr);
            lines += line->count() > 0 ? 1 : 0;
        }
        QCOMPARE(lines, 4); // two stretches each
        ChartData less = someChart(ChartKind::Lines);
        less.series.pop_back();
        chart.setValues(less);
        int left = 0;
        for (const QAbstractSeries *series : chart.chart()->series()) {
            left += qobject_cast<const QLineSeries *>(series)->count() > 0 ? 1 : 0;
        }
        QCOMPARE(left, 2);
    }

    void stepsKeepTheirValueUntilTheNextOne()
    {
        TimeChart chart;
        chart.setValues(someChart(ChartKind::Steps));
        const auto *line = qobject_cast<const QLineSeries *>(chart.chart()->series().first());
        const QList<QPointF> points = line->points();
        QCOMPARE(points, (QList<QPointF>{{-0.5, 1}, {0.5, 1}, {0.5, 2}, {1.5, 2}}));
    }

    void bandsAreBehindTheValuesOfTheirSteps_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }

    void bandsAreBehindTheValuesOfTheirSteps()
    {
        QFETCH(bool, dark);
        TimeChart chart;
        if (dark) {
            chart.setPalette(darkPalette());
        }
        chart.setAutoFillBackground(true);
        chart.resize(600, 240);
        ChartData data = someChart(ChartKind::Lines);
        data.series.clear();
        chart.setValues(data);
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        const QImage before = chart.grab().toImage();
        data.bands = {{u"Open"_s, Tone::Bad, 2, 3}};
        chart.setValues(data);
        const QImage after = chart.grab().toImage();
        const QRectF area = chart.plotArea();
        const auto isTouched = [&](int step) { // somewhere in the middle of the step
            const QPoint middle(
                int(area.left() + (step + 0.5) * area.width() / data.steps),
                int(area.center().y()));
            bool touched = false;
            for (int x = -3; x <= 3; ++x) {
                const QPoint place = middle + QPoint(x, 0);
                touched = touched || before.pixel(place) != after.pixel(place);
            }
            return touched;
        };
        for (int step = 0; step < data.steps; ++step) {
            QCOMPARE(isTouched(step), step == 2 || step == 3);
        }
        data.bands.clear();
        chart.setValues(data);
        QCOMPARE(chart.grab().toImage(), before);
    }

    void bandsAreToldInWords()
    {
        TimeChart chart;
        ChartData data = someChart(ChartKind::Lines);
        data.bands = {{u"Open"_s, Tone::Bad, 2, 3}};
        data.bandTitle = u"Circuits"_s;
        data.step = 5s;
        chart.setValues(data);
        QCOMPARE(chart.stepText(2), u"09:00:10 · Answered – · Failed – · Open"_s);
        QCOMPARE(chart.stepText(4), u"09:00:20 · Answered 4 · Failed 1"_s);
        QVERIFY(chart.accessibleDescription().endsWith(u"Open: 09:00:10 to 09:00:15"_s));
        ChartTableModel model;
        model.setCharts({data});
        QCOMPARE(model.headerData(3, Qt::Horizontal, Qt::DisplayRole).toString(), u"Circuits"_s);
        QCOMPARE(model.rowCount(), 5); // the known steps, and those with a band only
        QCOMPARE(model.index(1, 3).data().toString(), u"Open"_s);
        QCOMPARE(model.index(0, 3).data().toString(), QString());
    }

    void aValueWithoutNeighboursIsSeen()
    {
        TimeChart chart;
        chart.setValues(someChart(ChartKind::Lines)); // the 4 at step 4
        const auto series = chart.chart()->series();
        const auto *alone = qobject_cast<const QLineSeries *>(series.at(1));
        QCOMPARE(alone->count(), 2);
        QCOMPARE(alone->at(0).y(), alone->at(1).y());
        QVERIFY(alone->at(0).x() < 4 && alone->at(1).x() > 4);
    }

    void barsThatAreGoneLeaveNothing()
    {
        TimeChart chart;
        chart.setValues(someChart(ChartKind::Bars));
        ChartData less = someChart(ChartKind::Bars);
        less.series.pop_back();
        chart.setValues(less);
        const auto *failed = qobject_cast<QAreaSeries *>(chart.chart()->series().at(1));
        QCOMPARE(failed->upperSeries()->count(), 0);
    }

    void theAxisHoldsBarsOnTopOfEachOther()
    {
        TimeChart chart;
        chart.setValues(someChart(ChartKind::Bars)); // 4 and 1 at once
        const auto top = [&chart] {
            const auto axes = chart.chart()->axes(Qt::Vertical);
            return qobject_cast<const QValueAxis *>(axes.constFirst())->max();
        };
        QVERIFY(top() >= 5);
        chart.setValues(someChart(ChartKind::Lines));
        QCOMPARE(top(), 4.0);
    }

    void saysWhenNothingIsKnown()
    {
        TimeChart chart;
        ChartData data = someChart(ChartKind::Lines);
        data.series[1].values.assign(6, std::nullopt);
        chart.setValues(data);
        QVERIFY(chart.accessibleDescription().contains(u"Failed: no values"_s));
    }

    void theLegendShowsEachSeriesInItsColour()
    {
        ChartLegend legend;
        legend.resize(400, legend.heightForWidth(400));
        const auto shows = [&legend](ChartHue hue) {
            return hasPixel(legend.grab().toImage(), chartColor(hue, legend.palette()));
        };
        ChartData chart = someChart(ChartKind::Lines);
        legend.setChart(chart);
        QVERIFY(shows(ChartHue::Blue) && shows(ChartHue::Red));
        legend.setPalette(darkPalette());
        QVERIFY(shows(ChartHue::Blue) && shows(ChartHue::Red));
        chart.series.pop_back();
        legend.setChart(chart);
        QVERIFY(shows(ChartHue::Blue) && !shows(ChartHue::Red));
        const QImage line = legend.grab().toImage();
        chart.kind = ChartKind::Bars;
        legend.setChart(chart);
        QVERIFY(shows(ChartHue::Blue) && legend.grab().toImage() != line);
    }

    void theLegendNamesABandOnce()
    {
        constexpr int narrow = 60; // one entry a row
        ChartLegend legend;
        ChartData chart = someChart(ChartKind::Lines);
        chart.bands = {{u"Open"_s, Tone::Bad, 0, 1}};
        legend.setChart(chart);
        const int once = legend.heightForWidth(narrow);
        chart.bands.push_back({u"Open"_s, Tone::Bad, 3, 4});
        legend.setChart(chart);
        QCOMPARE(legend.heightForWidth(narrow), once);
        chart.bands.push_back({u"Half open"_s, Tone::Warning, 3, 4});
        legend.setChart(chart);
        QVERIFY(legend.heightForWidth(narrow) > once);
    }

    void followsThePalette_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("lines") << int(ChartKind::Lines);
        QTest::newRow("bars") << int(ChartKind::Bars);
    }

    void followsThePalette()
    {
        QFETCH(int, kind);
        TimeChart chart;
        chart.setValues(someChart(ChartKind(kind)));
        const auto *first = chart.chart()->series().constFirst();
        const auto *area = qobject_cast<const QAreaSeries *>(first);
        const auto *line = qobject_cast<const QLineSeries *>(first);
        for (const QPalette &palette : {darkPalette(), QPalette(QColor(0xef, 0xef, 0xef))}) {
            chart.setPalette(palette);
            QCOMPARE(
                area != nullptr ? area->brush().color() : line->pen().color(),
                chartColor(ChartHue::Blue, palette));
        }
    }

    void theColourIsNeverTheOnlySign()
    {
        const QPalette palette(QColor(0xef, 0xef, 0xef));
        const auto tile = [](const QBrush &brush) {
            QImage image(12, 12, QImage::Format_RGB32);
            image.fill(Qt::white);
            QPainter(&image).fillRect(image.rect(), brush);
            return image.convertToFormat(QImage::Format_Mono, Qt::ThresholdDither);
        };
        QList<Qt::PenStyle> dashes;
        QList<QImage> patterns;
        for (int hue = 0; hue <= int(ChartHue::Teal); ++hue) {
            const Qt::PenStyle dash = chartPen(ChartHue(hue), palette).style();
            const QImage pattern = tile(chartBrush(ChartHue(hue), palette));
            QVERIFY(!dashes.contains(dash));
            QVERIFY(!patterns.contains(pattern));
            dashes.append(dash);
            patterns.append(pattern);
        }
    }

    void paintsNothingWhenNothingHasChangedOrItIsHidden()
    {
        TimeChart chart;
        chart.setValues(someChart(ChartKind::Bars));
        chart.resize(400, 200);
        chart.show();
        Frames frames(chart.viewport());
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        QTRY_VERIFY(frames.count > 0);
        QVERIFY(!QTest::qWaitFor([] { return false; }, 50)); // what was under way is through
        frames.count = 0;
        for (int i = 0; i < 20; ++i) {
            chart.setValues(someChart(ChartKind::Bars));
            QCoreApplication::processEvents();
        }
        QCOMPARE(frames.count, 0);
        chart.hide();
        frames.count = 0;
        for (int i = 0; i < 20; ++i) {
            ChartData data = someChart(ChartKind::Bars);
            data.series[0].values[0] = i + 2.0;
            chart.setValues(data);
            QCoreApplication::processEvents();
        }
        QCOMPARE(frames.count, 0);
    }

    void tellsAStepInWords()
    {
        TimeChart chart;
        chart.resize(400, 200);
        chart.setValues(someChart(ChartKind::Bars));
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        QCOMPARE(chart.stepText(0), u"24 Nov 09:00 · Answered 1 · Failed 1"_s);
        QCOMPARE(chart.stepText(2), u"24 Nov 09:30 · Answered – · Failed –"_s);
        const QRectF area = chart.plotArea();
        QCOMPARE(chart.stepAt(area.topLeft().toPoint() + QPoint(2, 2)), 0);
        QCOMPARE(chart.stepAt(area.bottomRight().toPoint() - QPoint(2, 2)), 5);
        QCOMPARE(chart.stepAt(QPoint(0, 0)), -1);
        QVERIFY(chart.accessibleDescription().contains(u"Answered: at most 4"_s));
    }

    void noLabelIsShortenedWhateverIsShownAfterWhat()
    {
        TimeChart chart;
        chart.resize(300, 200);
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        for (const double first : {0.1, 40.0, 125.0, 380.0, 30'000.0}) {
            for (const double second : {0.1, 40.0, 125.0, 380.0, 30'000.0}) {
                chart.setValues(times(first));
                chart.grab();
                chart.setValues(times(second));
                chart.grab();
                QCOMPARE(unreadable(chart), QString());
            }
        }
    }

    void noLabelIsShortenedWhereThereIsNoRoom()
    {
        TimeChart chart;
        chart.setValues(times(125.0));
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        for (int width = 300; width > 40; width -= 20) {
            chart.resize(width, 200);
            chart.grab();
            QCOMPARE(shortened(chart), QString());
        }
    }

    void survivesNoStepsAtAll()
    {
        TimeChart chart;
        chart.resize(400, 200);
        chart.setValues({});
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        QCOMPARE(chart.stepAt(chart.plotArea().center().toPoint()), -1);
    }

    void axesHaveRoundValues_data()
    {
        QTest::addColumn<int>("unit");
        QTest::addColumn<double>("largest");
        QTest::addColumn<QStringList>("labels");
        const auto count = int(ChartUnit::Count);
        const auto time = int(ChartUnit::Milliseconds);
        QTest::newRow("nothing") << count << 0.0 << QStringList{u"0"_s, u"1"_s};
        QTest::newRow("three") << count << 3.0 << QStringList{u"0"_s, u"1"_s, u"2"_s, u"3"_s};
        QTest::newRow("thousands")
            << count << 3'400.0 << QStringList{u"0"_s, u"1 k"_s, u"2 k"_s, u"3 k"_s, u"4 k"_s};
        QTest::newRow("fast") << time << 170.0
                              << QStringList{
                                     u"0"_s, u"50 ms"_s, u"100 ms"_s, u"150 ms"_s, u"200 ms"_s};
        const auto share = int(ChartUnit::Share);
        QTest::newRow("no share") << share << 0.0 << QStringList{u"0"_s, u"50 %"_s, u"100 %"_s};
        QTest::newRow("slow") << time << 1'900.0
                              << QStringList{u"0"_s, u"500 ms"_s, u"1 s"_s, u"1.5 s"_s, u"2 s"_s};
    }

    void axesHaveRoundValues()
    {
        QFETCH(int, unit);
        QFETCH(double, largest);
        QFETCH(QStringList, labels);
        QCOMPARE(labelsOf(ChartTicks::values(ChartUnit(unit), largest, 4)), labels);
    }

    void axesHaveRoundTimes()
    {
        ChartData chart;
        chart.start = QDateTime(QDate(2026, 11, 23), QTime(16, 45), Qt::UTC);
        chart.step = 900s;
        chart.steps = 96;
        const auto ticks = ChartTicks::times(chart, 5);
        QCOMPARE(labelsOf(ticks), (QStringList{u"18:00"_s, u"24 Nov"_s, u"06:00"_s, u"12:00"_s}));
        QCOMPARE(ticks[0].position, 4.5); // where the fifth step, 17:45 to 18:00, ends
        chart.step = 86'400s;
        chart.start = QDateTime(QDate(2026, 8, 27), QTime(0, 0), Qt::UTC);
        chart.steps = 90;
        const auto days = ChartTicks::times(chart, 8);
        QVERIFY(days.size() >= 4 && days.size() <= 8);
        for (const ChartTick &tick : days) {
            QCOMPARE(tick.position, std::floor(tick.position)); // below its day
        }
        // Every second Monday, whenever the chart begins.
        QCOMPARE(days[1].position - days[0].position, 14.0);
        chart.start = chart.start.addDays(1);
        QCOMPARE(labelsOf(ChartTicks::times(chart, 8)), labelsOf(days));
        chart.steps = 0;
        QVERIFY(ChartTicks::times(chart, 8).empty());
    }

    void numbersAreShort_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto add = [](const QString &text, const QString &expected) {
            QTest::newRow(qPrintable(expected)) << text << expected;
        };
        add(Figures::compact(999), u"999"_s);
        add(Figures::compact(1'234), u"1.2 k"_s);
        add(Figures::compact(34'400), u"34 k"_s);
        add(Figures::compact(999'900), u"1 M"_s);
        add(Figures::compact(2'500'000'000.0), u"2.5 G"_s);
        add(Figures::duration(0.42), u"0.4 ms"_s);
        add(Figures::duration(999.7), u"1 s"_s);
        add(Figures::duration(130'000), u"130 s"_s);
        add(Figures::percent(0), u"0 %"_s);
        add(Figures::percent(0.0001), u"< 0.1 %"_s);
        add(Figures::percent(0.042), u"4.2 %"_s);
        add(Figures::percent(1), u"100 %"_s);
    }

    void numbersAreShort()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        QCOMPARE(text, expected);
    }

    void theTableHasTheSameValues()
    {
        ChartTableModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setCharts({someChart(ChartKind::Bars), someChart(ChartKind::Lines)});
        QCOMPARE(model.rowCount(), 3); // the known steps, newest first
        QCOMPARE(model.columnCount(), 5);
        QCOMPARE(model.index(0, 0).data().toString(), u"24 Nov 10:00"_s);
        QCOMPARE(model.index(0, 1).data().toString(), u"4"_s);
        QVERIFY(model.text().startsWith(u"Time\tAnswered\tFailed\t"_s));
        QCOMPARE(model.text().count(u'\n'), 3);
        QVERIFY(model.text().endsWith(u"24 Nov 09:00\t1\t1\t1\t1"_s));
        ChartData slow = times(1'000);
        slow.series[0].columnName = u"Time to answer"_s;
        model.setCharts({slow});
        QCOMPARE(
            model.headerData(1, Qt::Horizontal, Qt::DisplayRole).toString(), u"Time to answer"_s);
        QCOMPARE(model.headerData(2, Qt::Horizontal, Qt::DisplayRole).toString(), u"Failed"_s);
        QCOMPARE(model.index(0, 1).data().toString(), u"4 s"_s);
    }

    void coloursCanBeSeen_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }

    void coloursCanBeSeen()
    {
        QFETCH(bool, dark);
        const QPalette palette = dark ? darkPalette() : QPalette(QColor(0xef, 0xef, 0xef));
        constexpr double graphics = 3.0; // WCAG 2.1, 1.4.11
        for (const Tone tone : {Tone::Good, Tone::Warning, Tone::Bad}) {
            // What is seen of a band on average: a line must be told from it too.
            QImage tile(60, 60, QImage::Format_RGB32);
            tile.fill(palette.color(QPalette::Base));
            QPainter(&tile).fillRect(tile.rect(), chartBandBrush(tone, palette));
            const QColor seen = tile.scaled(1, 1, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
                                    .pixelColor(0, 0);
            QVERIFY(seen != palette.color(QPalette::Base));
            for (const ChartHue hue : {ChartHue::Blue, ChartHue::Orange, ChartHue::Purple}) {
                QVERIFY2(
                    contrastRatio(chartColor(hue, palette), seen) >= graphics,
                    qPrintable(u"%1 on %2"_s.arg(int(hue)).arg(seen.name())));
            }
        }
        for (int hue = 0; hue <= int(ChartHue::Red); ++hue) {
            for (const auto role : {QPalette::Window, QPalette::Base, QPalette::AlternateBase}) {
                QVERIFY(
                    contrastRatio(chartColor(ChartHue(hue), palette), palette.color(role))
                    >= graphics);
            }
        }
    }
};

QTEST_MAIN(TestTimeChart)
#include "tst_time_chart.moc"
