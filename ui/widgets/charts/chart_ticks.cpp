#include "chart_ticks.h"

#include "ui/widgets/figures.h"

#include <QLocale>

#include <algorithm>
#include <array>
#include <cmath>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int daySeconds = 86'400;
constexpr std::array tickSeconds{300, 600, 900, 1'800, 3'600, 7'200, 10'800, 21'600, 43'200};
constexpr std::array tickDays{1, 2, 7, 14, 28};

double roundStep(double least)
{
    const double magnitude = std::pow(10, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * magnitude >= least) {
            return factor * magnitude;
        }
    }
    constexpr double next = 10;
    return next * magnitude;
}

double positionOf(const ChartData &data, const QDateTime &time)
{
    return double(data.start.secsTo(time)) / double(data.step.count()) - 0.5;
}

/// Whole days are those of UTC: so they are summed up.
bool hasDays(const ChartData &data)
{
    return data.step.count() % daySeconds == 0;
}

/// The first local time from `start` on that is a multiple of `seconds` after midnight.
QDateTime firstTime(const QDateTime &start, int seconds)
{
    const int past = start.time().msecsSinceStartOfDay() / 1'000;
    return start.addSecs((seconds - past % seconds) % seconds);
}

QDateTime firstDay(const QDateTime &start, int days)
{
    QDate day = start.time() == QTime(0, 0) ? start.date() : start.date().addDays(1);
    day = day.addDays((days - day.toJulianDay() % days) % days);
    return day.startOfDay(start.timeSpec());
}

QDateTime nextTick(const QDateTime &time, int seconds)
{
    return seconds < daySeconds
        ? time.addSecs(seconds)
        : time.date().addDays(seconds / daySeconds).startOfDay(time.timeSpec());
}

/// Seconds between the labels; whole days from a day on.
int tickLength(std::chrono::seconds whole, int most)
{
    for (const int seconds : tickSeconds) {
        if (whole.count() / seconds < most) {
            return seconds;
        }
    }
    for (const int days : tickDays) {
        if (whole.count() / daySeconds / days < most) {
            return days * daySeconds;
        }
    }
    const auto days = whole.count() / daySeconds / std::max(1, most) + 1;
    return static_cast<int>(days) * daySeconds;
}

} // namespace

QString valueText(ChartUnit unit, double value)
{
    switch (unit) {
    case ChartUnit::Count:
        break;
    case ChartUnit::Milliseconds:
        return Figures::duration(value);
    case ChartUnit::Share:
        return Figures::percent(value);
    }
    return Figures::compact(value);
}

std::vector<ChartTick> ChartTicks::values(ChartUnit unit, double largest, int most)
{
    const double top = std::max(largest, unit == ChartUnit::Milliseconds ? 0.001 : 1.0);
    double step = roundStep(top / std::max(1, most));
    if (unit == ChartUnit::Count) {
        step = std::max(step, 1.0);
    }
    std::vector<ChartTick> ticks;
    const auto count = static_cast<int>(std::ceil(top / step - 1e-9));
    for (int i = 0; i <= count; ++i) {
        ticks.push_back({i * step, i == 0 ? u"0"_s : valueText(unit, i * step)});
    }
    return ticks;
}

std::vector<ChartTick> ChartTicks::times(const ChartData &data, int most)
{
    std::vector<ChartTick> ticks;
    if (data.steps <= 0 || most <= 0) {
        return ticks;
    }
    const int seconds = tickLength(data.step * data.steps, most);
    const QDateTime end = data.startOf(data.steps);
    const bool isDays = seconds >= daySeconds;
    const QDateTime start = hasDays(data) ? data.start.toUTC() : data.start.toLocalTime();
    // A day has its name below the middle of its bar, a time stands where it begins.
    const double shift = hasDays(data) ? 0.5 : 0.0;
    QDateTime time = isDays ? firstDay(start, seconds / daySeconds) : firstTime(start, seconds);
    for (; time < end && int(ticks.size()) < most; time = nextTick(time, seconds)) {
        const bool showDay = isDays || time.time() == QTime(0, 0);
        ticks.push_back({positionOf(data, time) + shift, showDay ? dayText(time) : timeText(time)});
    }
    return ticks;
}

QString ChartTicks::stepText(const ChartData &data, int index)
{
    if (hasDays(data)) {
        return dayText(data.startOf(index).toUTC());
    }
    const QDateTime local = data.startOf(index).toLocalTime();
    if (data.step < std::chrono::minutes(1)) {
        return QLocale().toString(local.time(), tr("HH:mm:ss", "a time in QTime's format"));
    }
    return tr("%1 %2", "day, time of day").arg(dayText(local), timeText(local));
}

QString ChartTicks::dayText(const QDateTime &local)
{
    return QLocale().toString(local.date(), tr("d MMM", "a day in QDate's format: 24 Nov"));
}

QString ChartTicks::timeText(const QDateTime &local)
{
    const QLocale locale;
    return locale.toString(local.time(), locale.timeFormat(QLocale::ShortFormat).remove(u":ss"_s));
}

} // namespace freerelay::ui
