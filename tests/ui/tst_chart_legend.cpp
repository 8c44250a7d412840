#include "ui/widgets/charts/chart_legend.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::ui;

namespace {

ChartData chartWith(const QString &lastName)
{
    ChartData chart;
    chart.kind = ChartKind::Bars;
    chart.series = {{u"Answered"_s, ChartHue::Blue, {1.0}}, {lastName, ChartHue::Red, {1.0}}};
    return chart;
}

int narrowestRow(const QString &lastName)
{
    ChartLegend legend;
    legend.setChart(chartWith(lastName));
    int width = 2'000;
    const int row = legend.heightForWidth(width);
    while (legend.heightForWidth(width - 1) == row) {
        --width;
    }
    return width;
}

} // namespace

/// How the legend of a chart lies in the room that it has.
class TestChartLegend final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesAsManyRowsAsItNeeds()
    {
        ChartLegend legend;
        legend.setChart(chartWith(u"Failed"_s));
        const int wide = legend.heightForWidth(1'000);
        QVERIFY(legend.heightForWidth(100) > wide);
    }

    void aNameStandsWhole()
    {
        QVERIFY(narrowestRow(u"Failed for another reason"_s) > narrowestRow(u"Failed"_s));
    }
};

QTEST_MAIN(TestChartLegend)
#include "tst_chart_legend.moc"
