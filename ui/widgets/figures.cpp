#include "figures.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace freerelay::ui {

namespace {

constexpr double thousand = 1'000;

/// At most one digit behind the point, and none where it says nothing.
QString shortNumber(double value)
{
    constexpr double noPoint = 10;
    const double tenth = std::round(value * 10) / 10;
    const bool isWhole = tenth >= noPoint || tenth == std::floor(tenth);
    return QLocale().toString(value, 'f', isWhole ? 0 : 1);
}

} // namespace

QString Figures::compact(double value)
{
    // What would be rounded to "1,000 k" is shown as "1 M".
    constexpr double nearly = 0.9995;
    if (value < thousand * nearly) {
        return shortNumber(value);
    }
    const double kilo = value / thousand;
    if (kilo < thousand * nearly) {
        return tr("%1 k", "thousands").arg(shortNumber(kilo));
    }
    const double mega = kilo / thousand;
    if (mega < thousand * nearly) {
        return tr("%1 M", "millions").arg(shortNumber(mega));
    }
    return tr("%1 G", "thousand millions").arg(shortNumber(mega / thousand));
}

QString Figures::whole(qint64 value)
{
    return QLocale().toString(value);
}

QString Figures::duration(double milliseconds)
{
    constexpr double nearlySecond = 999.5;
    return milliseconds < nearlySecond ? tr("%1 ms").arg(shortNumber(milliseconds))
                                       : tr("%1 s").arg(shortNumber(milliseconds / thousand));
}

QString Figures::percent(double share)
{
    constexpr double least = 0.001;
    constexpr double hundred = 100;
    if (share > 0 && share < least) {
        return tr("< %1 %").arg(QLocale().toString(least * hundred, 'f', 1));
    }
    return tr("%1 %").arg(shortNumber(share * hundred));
}

QString Figures::span(std::chrono::seconds time)
{
    const auto number = [](auto count) { return static_cast<int>(count.count()); };
    using std::chrono::duration_cast;
    if (time % std::chrono::days(1) == std::chrono::seconds(0)) {
        return tr("%n day(s)", nullptr, number(duration_cast<std::chrono::days>(time)));
    }
    if (time % std::chrono::hours(1) == std::chrono::seconds(0)) {
        return tr("%n hour(s)", nullptr, number(duration_cast<std::chrono::hours>(time)));
    }
    return tr("%n minute(s)", nullptr, number(duration_cast<std::chrono::minutes>(time)));
}

QString Figures::timeLeft(std::chrono::seconds time)
{
    using namespace std::chrono;
    constexpr auto stillSeconds = minutes(2);
    const auto left = std::max(time, seconds(0));
    const auto inHour = floor<minutes>(left % hours(1)).count();
    if (left < stillSeconds) {
        return tr("%1 s").arg(left.count());
    }
    if (left < hours(1)) {
        return tr("%1 min").arg(inHour);
    }
    if (left < days(1)) {
        return tr("%1 h %2 min").arg(floor<hours>(left).count()).arg(inHour, 2, 10, QChar(u'0'));
    }
    return tr("%1 d %2 h").arg(floor<days>(left).count()).arg(floor<hours>(left % days(1)).count());
}

QString Figures::moment(const QDateTime &time, const QDateTime &now)
{
    constexpr qint64 soon = 20 * 60 * 60; // the same hour of tomorrow would be ambiguous
    constexpr qint64 thisWeek = 6 * 24 * 60 * 60;
    const QLocale locale;
    const QDateTime local = time.toLocalTime();
    const QString clock = locale.toString(local.time(), tr("HH:mm", "a time in QTime's format"));
    if (now.secsTo(time) < soon) {
        return clock;
    }
    const QString day = now.secsTo(time) < thisWeek
        ? locale.dayName(local.date().dayOfWeek(), QLocale::ShortFormat)
        : locale.toString(local.date(), QLocale::ShortFormat);
    return tr("%1 %2", "day, time of day").arg(day, clock);
}

} // namespace freerelay::ui
