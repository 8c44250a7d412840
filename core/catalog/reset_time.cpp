#include "reset_time.h"

#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace freerelay::catalog {

using namespace Qt::Literals::StringLiterals;
using std::chrono::milliseconds;

namespace {

/// Longest wait that is believed: a monthly quota.
constexpr milliseconds maxWait = std::chrono::hours(31 * 24);

using Wait = std::optional<milliseconds>;

Wait bounded(double waitMs)
{
    if (!std::isfinite(waitMs)) {
        return std::nullopt;
    }
    return milliseconds(static_cast<std::int64_t>(
        std::ceil(std::clamp(waitMs, 0.0, static_cast<double>(maxWait.count())))));
}

double unixMs(common::WallTime time)
{
    return static_cast<double>(
        std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count());
}

/// The whole text as a decimal number, also a negative one.
std::optional<double> decimal(QByteArrayView text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

double unitMs(QByteArrayView unit)
{
    constexpr double second = 1'000;
    if (unit == "ms") {
        return 1;
    }
    if (unit == "us" || unit == "ns") {
        return unit == "us" ? 1e-3 : 1e-6;
    }
    if (unit == "s") {
        return second;
    }
    if (unit == "m") {
        return 60 * second;
    }
    if (unit == "h") {
        return 3'600 * second;
    }
    return unit == "d" ? 86'400 * second : 0;
}

/// Go's time.Duration ("2m59.56s"), with days.
Wait goDuration(QByteArrayView text)
{
    double total = 0;
    bool any = false;
    while (!text.isEmpty()) {
        const auto isLetter = [](char c) { return c >= 'a' && c <= 'z'; };
        const auto *const unitBegin = std::find_if(text.begin(), text.end(), isLetter);
        const auto *const unitEnd = std::find_if_not(unitBegin, text.end(), isLetter);
        const std::optional<double> number = decimal(text.first(unitBegin - text.begin()));
        const double unit = unitMs(QByteArrayView(unitBegin, unitEnd));
        if (!number || unit == 0) {
            return std::nullopt;
        }
        total += *number * unit;
        any = true;
        text = text.sliced(unitEnd - text.begin());
    }
    return any ? bounded(total) : std::nullopt;
}

Wait secondsFromNow(QByteArrayView text)
{
    const std::optional<double> seconds = decimal(text);
    // Azure sends -1 for "unknown".
    return seconds && *seconds >= 0 ? bounded(*seconds * 1'000) : std::nullopt;
}

/// Milliseconds since 1970; smaller numbers are seconds since 1970, or seconds from now.
Wait epoch(QByteArrayView text, common::WallTime wallNow)
{
    const std::optional<double> number = decimal(text);
    if (!number) {
        return std::nullopt;
    }
    if (*number > 1e12) {
        return bounded(*number - unixMs(wallNow));
    }
    return *number > 1e9 ? bounded(*number * 1'000 - unixMs(wallNow)) : bounded(*number * 1'000);
}

Wait until(const QDateTime &time, common::WallTime wallNow)
{
    return time.isValid() ? bounded(static_cast<double>(time.toMSecsSinceEpoch()) - unixMs(wallNow))
                          : std::nullopt;
}

Wait rfc3339(QByteArrayView text, common::WallTime wallNow)
{
    return text.size() >= 19 && text[4] == '-'
        ? until(QDateTime::fromString(QString::fromLatin1(text), Qt::ISODateWithMs), wallNow)
        : std::nullopt;
}

/// RFC 9110 IMF-fixdate.
Wait httpDate(QByteArrayView text, common::WallTime wallNow)
{
    QDateTime time = QLocale::c().toDateTime(
        QString::fromLatin1(text), u"ddd, dd MMM yyyy hh:mm:ss 'GMT'"_s);
    time.setTimeSpec(Qt::UTC);
    return until(time, wallNow);
}

} // namespace

std::optional<milliseconds>
parseReset(QByteArrayView text, ResetFormat format, common::WallTime wallNow)
{
    text = text.trimmed();
    if (text.isEmpty() || text.size() > 64) {
        return std::nullopt;
    }
    if (format == ResetFormat::UnixMs) {
        if (const Wait wait = epoch(text, wallNow)) {
            return wait;
        }
    }
    // The texts cannot be mistaken for each other, and providers change them without a word.
    if (const Wait wait = secondsFromNow(text)) {
        return *wait < maxWait ? wait : epoch(text, wallNow);
    }
    if (const Wait wait = goDuration(text)) {
        return wait;
    }
    if (const Wait wait = rfc3339(text, wallNow)) {
        return wait;
    }
    return httpDate(text, wallNow);
}

} // namespace freerelay::catalog
