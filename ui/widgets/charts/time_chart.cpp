#include "time_chart.h"

#include "ui/theme/tones.h"
#include "ui/widgets/charts/chart_ticks.h"

#include <QAreaSeries>
#include <QCategoryAxis>
#include <QChart>
#include <QGraphicsLayout>
#include <QHelpEvent>
#include <QLineSeries>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int valueTickCount = 4;

/// An axis takes each label once only: what says the same twice differs in an invisible letter.
void setTicks(QCategoryAxis *axis, const std::vector<ChartTick> &ticks)
{
    QStringList labels;
    for (const ChartTick &tick : ticks) {
        QString label = tick.label;
        while (labels.contains(label)) {
            label += QChar(0x200B);
        }
        labels << label;
    }
    bool same = axis->categoriesLabels() == labels;
    for (std::size_t i = 0; same && i < ticks.size(); ++i) {
        same = axis->endValue(labels.at(qsizetype(i))) == ticks[i].position;
    }
    if (same) {
        return;
    }
    for (const QString &label : axis->categoriesLabels()) {
        axis->remove(label);
    }
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        axis->append(labels.at(qsizetype(i)), ticks[i].position);
    }
}

/// Stretches of known values: where each begins and ends (inclusive).
std::vector<std::pair<int, int>> runsOf(const std::vector<std::optional<double>> &values)
{
    std::vector<std::pair<int, int>> runs;
    for (int i = 0; i < int(values.size()); ++i) {
        if (!values[std::size_t(i)]) {
            continue;
        }
        if (runs.empty() || runs.back().second != i - 1) {
            runs.emplace_back(i, i);
        } else {
            runs.back().second = i;
        }
    }
    return runs;
}

QList<QPointF> pointsOf(const ChartSeries &series, std::pair<int, int> run, ChartKind kind)
{
    constexpr double halfStep = 0.5;
    QList<QPointF> points;
    for (int i = run.first; i <= run.second; ++i) {
        const double value = series.values[std::size_t(i)].value_or(0);
        if (kind == ChartKind::Steps) {
            points << QPointF(i - halfStep, value) << QPointF(i + halfStep, value);
        } else {
            points << QPointF(i, value);
        }
    }
    if (points.size() == 1) {
        // A value without neighbours is a short level line; a single point would not be drawn.
        constexpr double half = 0.3;
        points = {points.first() - QPointF(half, 0), points.first() + QPointF(half, 0)};
    }
    return points;
}

} // namespace

TimeChart::TimeChart(QWidget *parent)
    : QChartView(parent)
    , m_time(new QCategoryAxis(this))
    , m_value(new QCategoryAxis(this))
{
    setFocusPolicy(Qt::NoFocus);
    viewport()->setFocusPolicy(Qt::NoFocus);
    setRenderHint(QPainter::Antialiasing);
    setBackgroundBrush(Qt::NoBrush);
    viewport()->setAutoFillBackground(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    chart()->legend()->hide();
    chart()->setBackgroundVisible(false);
    chart()->setMargins({});
    chart()->layout()->setContentsMargins(0, 0, 0, 0);
    chart()->addAxis(m_time, Qt::AlignBottom);
    chart()->addAxis(m_value, Qt::AlignLeft);
    for (QCategoryAxis *axis : {m_time, m_value}) {
        axis->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
        // A label of which the end is missing tells a wrong value; layOut() sees to the room.
        axis->setTruncateLabels(false);
    }
    m_time->setGridLineVisible(false);
    m_value->setLineVisible(false);
    restyle();
}

void TimeChart::setValues(ChartData values)
{
    if (values == m_data) {
        return;
    }
    const bool sameBands = values.bands == m_data.bands;
    m_data = std::move(values);
    if (!sameBands) {
        viewport()->update();
    }
    updateAxes();
    showBars();
    showLines();
    restyle();
    setAccessibleDescription(summary());
}

void TimeChart::updateAxes()
{
    const auto ticks = ChartTicks::values(m_data.unit, largestValue(), valueTickCount);
    m_value->setRange(0, ticks.back().position);
    setTicks(m_value, ticks);
    m_time->setRange(-0.5, std::max(0.5, m_data.steps - 0.5));
    layOut();
}

TimeChart::Area &TimeChart::areaAt(std::size_t index)
{
    while (m_areas.size() <= index) {
        auto *upper = new QLineSeries(this);
        auto *lower = new QLineSeries(this);
        auto *area = new QAreaSeries(upper, lower);
        chart()->addSeries(area);
        area->attachAxis(m_time);
        area->attachAxis(m_value);
        m_areas.push_back({area, upper, lower});
    }
    return m_areas[index];
}

QLineSeries *TimeChart::lineAt(std::size_t index)
{
    while (m_lines.size() <= index) {
        auto *line = new QLineSeries;
        chart()->addSeries(line);
        line->attachAxis(m_time);
        line->attachAxis(m_value);
        m_lines.push_back(line);
    }
    return m_lines[index];
}

/// One polygon a layer, which goes along its lower edge between the bars: thousands of bars as
/// items of their own would cost too much.
void TimeChart::showBars()
{
    const bool isShown = m_data.kind == ChartKind::Bars;
    std::vector<double> floor(std::size_t(m_data.steps), 0.0);
    std::size_t used = 0;
    constexpr double half = 0.4;
    for (const ChartSeries &series : m_data.series) {
        if (!isShown) {
            break;
        }
        QList<QPointF> upper;
        QList<QPointF> lower;
        for (std::size_t i = 0; i < floor.size(); ++i) {
            const double value = series.values[i].value_or(0);
            if (value <= 0) {
                continue;
            }
            const double left = double(i) - half;
            const double right = double(i) + half;
            const double top = floor[i] + value;
            upper << QPointF(left, floor[i]) << QPointF(left, top) << QPointF(right, top)
                  << QPointF(right, floor[i]);
            lower << QPointF(left, floor[i]) << QPointF(right, floor[i]);
            floor[i] = top;
        }
        Area &area = areaAt(used++);
        area.upper->replace(upper);
        area.lower->replace(lower);
    }
    for (std::size_t i = used; i < m_areas.size(); ++i) {
        m_areas[i].upper->clear();
        m_areas[i].lower->clear();
    }
}

void TimeChart::showLines()
{
    m_lineHues.clear();
    if (m_data.kind != ChartKind::Bars) {
        for (const ChartSeries &series : m_data.series) {
            for (const auto &run : runsOf(series.values)) {
                lineAt(m_lineHues.size())->replace(pointsOf(series, run, m_data.kind));
                m_lineHues.push_back(series.hue);
            }
        }
    }
    for (std::size_t i = m_lineHues.size(); i < m_lines.size(); ++i) {
        m_lines[i]->clear();
    }
}

double TimeChart::largestValue() const
{
    std::vector<double> sums(std::size_t(m_data.steps), 0.0);
    double largest = 0;
    for (const ChartSeries &series : m_data.series) {
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const double value = series.values[i].value_or(0);
            sums[i] += value;
            largest = std::max(largest, m_data.kind == ChartKind::Bars ? sums[i] : value);
        }
    }
    return largest;
}

QRectF TimeChart::plotArea() const
{
    return chart()->plotArea();
}

void TimeChart::layOut()
{
    const QFontMetrics metrics = fontMetrics();
    // The same room for the values in every chart, so that they align.
    int widest = 0;
    for (const QString &label : m_value->categoriesLabels()) {
        widest = std::max(widest, metrics.horizontalAdvance(label));
    }
    const int room = std::max(widest, metrics.horizontalAdvance(u"888 ms"_s));
    // Half a label of the time axis reaches beyond its end.
    const int right = metrics.averageCharWidth() * 3;
    chart()->setMargins(QMargins(room - widest, metrics.height() / 2, right, 0));
    constexpr int labelChars = 12;
    const int labels = (width() - room - right) / (metrics.averageCharWidth() * labelChars);
    setTicks(m_time, ChartTicks::times(m_data, std::clamp(labels, 1, 8)));
}

void TimeChart::restyle()
{
    const QColor words = secondaryTextColor(palette());
    const QColor grid = chartGridColor(palette());
    for (QCategoryAxis *axis : {m_time, m_value}) {
        axis->setLabelsColor(words);
        axis->setLabelsFont(font());
        axis->setGridLineColor(grid);
        axis->setLinePenColor(grid);
    }
    for (std::size_t i = 0; i < m_areas.size() && i < m_data.series.size(); ++i) {
        m_areas[i].area->setPen(Qt::NoPen);
        m_areas[i].area->setBrush(chartBrush(m_data.series[i].hue, palette()));
    }
    for (std::size_t i = 0; i < m_lineHues.size(); ++i) {
        m_lines[i]->setPen(chartPen(m_lineHues[i], palette()));
    }
}

QString TimeChart::stepText(int index) const
{
    QStringList parts{ChartTicks::stepText(m_data, index)};
    for (const ChartSeries &series : m_data.series) {
        const auto &value = series.values.at(std::size_t(index));
        parts << tr("%1 %2", "name of a line, its value")
                     .arg(
                         series.name, value ? valueText(m_data.unit, *value) : tr("–", "no value"));
    }
    if (const ChartBand *band = m_data.bandAt(index)) {
        parts << band->name;
    }
    return parts.join(u" · "_s);
}

QString TimeChart::summary() const
{
    QStringList parts;
    for (const ChartSeries &series : m_data.series) {
        const auto known = [](const auto &value) { return value.has_value(); };
        if (std::none_of(series.values.begin(), series.values.end(), known)) {
            parts << tr("%1: no values", "name of a line").arg(series.name);
            continue;
        }
        double largest = 0;
        for (const auto &value : series.values) {
            largest = std::max(largest, value.value_or(0));
        }
        parts << tr("%1: at most %2", "name of a line, its value")
                     .arg(series.name, valueText(m_data.unit, largest));
    }
    for (const ChartBand &band : m_data.bands) {
        parts << tr("%1: %2 to %3", "a state, first and last time")
                     .arg(
                         band.name,
                         ChartTicks::stepText(m_data, band.first),
                         ChartTicks::stepText(m_data, band.last));
    }
    return parts.join(u'\n');
}

int TimeChart::stepAt(QPoint position) const
{
    const QRectF area = plotArea();
    if (m_data.steps == 0 || !area.contains(position)) {
        return -1;
    }
    const double share = (position.x() - area.left()) / area.width();
    return std::min(m_data.steps - 1, int(share * m_data.steps));
}

QSize TimeChart::sizeHint() const
{
    return {minimumSizeHint().width() * 2, minimumSizeHint().height()};
}

QSize TimeChart::minimumSizeHint() const
{
    constexpr int chars = 30;
    constexpr int lines = 10;
    return {fontMetrics().averageCharWidth() * chars, fontMetrics().height() * lines};
}

void TimeChart::resizeEvent(QResizeEvent *event)
{
    QChartView::resizeEvent(event);
    layOut();
}

void TimeChart::changeEvent(QEvent *event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        restyle();
    } else if (event->type() == QEvent::FontChange) {
        restyle();
        layOut();
        updateGeometry();
    }
}

bool TimeChart::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<const QHelpEvent *>(event);
        const int step = stepAt(help->pos());
        if (step >= 0) {
            QToolTip::showText(help->globalPos(), stepText(step).replace(u" · "_s, u"\n"_s), this);
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QChartView::viewportEvent(event);
}

void TimeChart::drawBackground(QPainter *painter, const QRectF &rect)
{
    QChartView::drawBackground(painter, rect);
    const QRectF area = chart()->mapRectToScene(plotArea());
    const double stepWidth = m_data.steps > 0 ? area.width() / m_data.steps : 0;
    painter->save();
    painter->setBrushOrigin(area.topLeft());
    for (const ChartBand &band : m_data.bands) {
        const double left = area.left() + band.first * stepWidth;
        painter->fillRect(
            QRectF(left, area.top(), (band.last + 1 - band.first) * stepWidth, area.height()),
            chartBandBrush(band.tone, palette()));
    }
    painter->restore();
}

/// The page around scrolls, not the chart.
void TimeChart::wheelEvent(QWheelEvent *event)
{
    event->ignore();
}

} // namespace freerelay::ui
