#include "ui/widgets/timeline_view.h"

#include <QAccessible>
#include <QApplication>
#include <QImage>
#include <QPainter>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using namespace freerelay::ui;

namespace {

TimelineBar aBar(const QString &name, std::chrono::milliseconds start, bool failed)
{
    TimelineBar bar;
    bar.name = name;
    bar.value = u"1 s"_s;
    bar.description = u"HTTP 429"_s;
    bar.start = start;
    bar.duration = 1s;
    bar.wait = 500ms;
    bar.failed = failed;
    bar.tone = failed ? Tone::Warning : Tone::Good;
    return bar;
}

/// The leftmost and rightmost column in a line of the image that has the colour.
std::pair<int, int> extent(const QImage &image, int y, QRgb color)
{
    std::pair<int, int> found{-1, -1};
    for (int x = 0; x < image.width(); ++x) {
        if ((image.pixel(x, y) & RGB_MASK) == (color & RGB_MASK)) {
            found.first = found.first < 0 ? x : found.first;
            found.second = x;
        }
    }
    return found;
}

} // namespace

class TestTimelineView final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isAsHighAsItsBars()
    {
        TimelineView view;
        const int none = view.sizeHint().height();
        view.setTimeline({2s, {aBar(u"1"_s, 0s, true)}});
        const int one = view.sizeHint().height();
        view.setTimeline({2s, {aBar(u"1"_s, 0s, true), aBar(u"2"_s, 1s, false)}});
        QVERIFY(none < one);
        QVERIFY(view.sizeHint().height() > one);
    }

    void aBarLiesWhereItsTimeIs()
    {
        TimelineView view;
        view.setTimeline({2s, {aBar(u"x"_s, 1s, false)}});
        view.resize(408, view.sizeHint().height()); // 400 pixels for two seconds
        const QImage image = view.grab().toImage();
        const QRgb color = toneColor(Tone::Good, view.palette()).rgb();
        const int y = image.height() - 6;
        const auto [left, right] = extent(image, y, color);
        QVERIFY(qAbs(left - 304) <= 2); // content after 1.5 of 2 seconds
        QVERIFY(qAbs(right - 403) <= 2);
    }

    void aVeryShortOneCanStillBeSeen()
    {
        TimelineView view;
        TimelineBar bar = aBar(u"x"_s, 0s, false);
        bar.duration = 1us;
        bar.wait = 0us;
        bar.start = 3599s;
        view.setTimeline({3600s, {bar}});
        view.resize(200, view.sizeHint().height());
        const QImage image = view.grab().toImage();
        const QRgb color = toneColor(Tone::Good, view.palette()).rgb();
        const auto [left, right] = extent(image, image.height() - 6, color);
        QVERIFY(left >= 0);
        QVERIFY(right < image.width());
    }

    void readsItselfOut()
    {
        TimelineView view;
        view.setAccessibleName(u"Attempts"_s);
        view.setTimeline({2s, {aBar(u"1. google"_s, 0s, true), aBar(u"2. groq"_s, 1s, false)}});
        const QAccessibleInterface *face = QAccessible::queryAccessibleInterface(&view);
        QCOMPARE(face->text(QAccessible::Name), u"Attempts"_s);
        QCOMPARE(
            face->text(QAccessible::Description), u"1. google (HTTP 429)\n2. groq (HTTP 429)"_s);
        QVERIFY(view.focusPolicy() & Qt::TabFocus);
    }

    void anEmptyOnePaintsNothing()
    {
        TimelineView view;
        view.resize(100, 20);
        QVERIFY(!view.grab().isNull());
    }
};

QTEST_MAIN(TestTimelineView)
#include "tst_timeline_view.moc"
