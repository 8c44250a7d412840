#include "request_query.h"

#include <array>
#include <functional>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::interfaces {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;

constexpr qsizetype maxValueLength = 300;

struct StatusWord
{
    const char *word;
    StatusClass statusClass;
};
constexpr std::array statusClasses{
    StatusWord{"2xx", StatusClass::Success},
    StatusWord{"4xx", StatusClass::ClientError},
    StatusWord{"5xx", StatusClass::ServerError},
    StatusWord{"failed", StatusClass::Failed}};

struct WindowWord
{
    const char *word;
    StatsWindow window;
    std::chrono::hours length;
};
constexpr std::array windows{
    WindowWord{"1h", StatsWindow::Hour, std::chrono::hours(1)},
    WindowWord{"24h", StatsWindow::Day, std::chrono::hours(24)},
    WindowWord{"7d", StatsWindow::Week, std::chrono::hours(24 * 7)},
    WindowWord{"30d", StatsWindow::Month, std::chrono::hours(24 * 30)},
    WindowWord{"90d", StatsWindow::Quarter, std::chrono::hours(24 * 90)}};

// In the order of StatsSeries.
constexpr std::array seriesWords{"", "total", "provider", "model", "app"};

tl::unexpected<common::Error> wrong(const QString &name, const QString &must)
{
    return failure(ErrorKind::InvalidArgument, u"“%1” must be %2."_s.arg(name, must), name);
}

Result<void> readStatus(RequestQuery &query, const QString &name, const QString &value)
{
    for (const StatusWord &known : statusClasses) {
        if (value.compare(QLatin1StringView(known.word), Qt::CaseInsensitive) == 0) {
            query.filter.statusClass = known.statusClass;
            return {};
        }
    }
    bool isNumber = false;
    const int status = value.toInt(&isNumber);
    if (!isNumber || status < 100 || status > 599) {
        return wrong(
            name,
            u"an HTTP status from 100 to 599, or one of %1"_s.arg(statusWords().join(u", "_s)));
    }
    query.filter.status = status;
    return {};
}

Result<void> readLimit(RequestQuery &query, const QString &name, const QString &value)
{
    bool isNumber = false;
    query.limit = value.toInt(&isNumber);
    if (!isNumber || query.limit < 1 || query.limit > RequestHistory::maxPage) {
        return wrong(name, u"a number from 1 to %1"_s.arg(RequestHistory::maxPage));
    }
    return {};
}

Result<void> readCursor(RequestQuery &query, const QString &name, const QString &value)
{
    query.cursor = cursorFromString(value);
    return query.cursor ? Result<void>() : wrong(name, u"the “next” of an earlier page"_s);
}

std::optional<QDateTime> timeFromString(const QString &value)
{
    bool isNumber = false;
    if (const qint64 seconds = value.toLongLong(&isNumber); isNumber) {
        // Beyond the year 9999 it is no longer a time that ISO 8601 can write.
        constexpr qint64 maxSeconds = 253'402'300'799;
        return seconds >= 0 && seconds <= maxSeconds
            ? std::optional(QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC))
            : std::nullopt;
    }
    // A plus sign that was not escaped has become a space.
    const QString iso = QString(value).replace(u' ', u'+');
    const QDateTime time = QDateTime::fromString(iso, Qt::ISODateWithMs);
    return time.isValid() ? std::optional(time) : std::nullopt;
}

Result<void> readTime(std::optional<QDateTime> &time, const QString &name, const QString &value)
{
    time = timeFromString(value);
    return time ? Result<void>()
                : wrong(name, u"a time as 2026-11-24T09:00:00Z, or seconds since 1970"_s);
}

/// Finds the reader of a name and calls it.
template <typename Reader>
Result<void>
readAll(const Parameters &parameters, const std::vector<std::pair<QString, Reader>> &readers)
{
    QStringList seen;
    for (const auto &[name, value] : parameters) {
        const auto reader = std::find_if(
            readers.begin(), readers.end(), [&n = name](const auto &entry) {
                return entry.first == n;
            });
        if (reader == readers.end()) {
            QStringList known;
            for (const auto &entry : readers) {
                known << entry.first;
            }
            const QString shown = name.left(maxValueLength);
            return failure(
                ErrorKind::InvalidArgument,
                u"There is no parameter “%1” here. There are: %2."_s.arg(
                    shown, known.join(u", "_s)),
                shown);
        }
        if (seen.contains(name)) {
            return failure(
                ErrorKind::InvalidArgument, u"“%1” is given more than once."_s.arg(name), name);
        }
        seen << name;
        if (value.size() > maxValueLength) {
            return wrong(name, u"at most %1 characters long"_s.arg(maxValueLength));
        }
        if (value.isEmpty()) {
            continue;
        }
        if (const Result<void> read = reader->second(name, value); !read) {
            return read;
        }
    }
    return {};
}

using Reader = std::function<Result<void>(const QString &name, const QString &value)>;

Reader textReader(QString &target)
{
    return [&target](const QString &, const QString &value) {
        target = value;
        return Result<void>();
    };
}

Reader timeReader(std::optional<QDateTime> &time)
{
    return
        [&time](const QString &name, const QString &value) { return readTime(time, name, value); };
}

Result<void> readSeries(StatsQuery &query, const QString &name, const QString &value)
{
    QStringList words;
    for (std::size_t i = 1; i < seriesWords.size(); ++i) {
        words << QString::fromLatin1(seriesWords.at(i));
        if (value == words.last()) {
            query.series = static_cast<StatsSeries>(i);
            return {};
        }
    }
    return wrong(name, u"one of %1"_s.arg(words.join(u", "_s)));
}

} // namespace

Result<RequestQuery> parseRequestQuery(const Parameters &parameters)
{
    RequestQuery query;
    RequestFilter &filter = query.filter;
    const auto bound = [&query](auto function) -> Reader {
        return [&query, function](const QString &name, const QString &value) {
            return function(query, name, value);
        };
    };
    const std::vector<std::pair<QString, Reader>> readers{
        {u"provider"_s, textReader(filter.provider)},
        {u"model"_s, textReader(filter.model)},
        {u"status"_s, bound(readStatus)},
        {u"app"_s, textReader(filter.app)},
        {u"q"_s, textReader(filter.errorText)},
        {u"from"_s, timeReader(filter.from)},
        {u"to"_s, timeReader(filter.until)},
        {u"limit"_s, bound(readLimit)},
        {u"cursor"_s, bound(readCursor)}};
    if (const auto read = readAll(parameters, readers); !read) {
        return failure(read.error());
    }
    if (filter.from && filter.until && *filter.from >= *filter.until) {
        return wrong(u"to"_s, u"later than “from”"_s);
    }
    return query;
}

Result<StatsQuery> parseStatsQuery(const Parameters &parameters)
{
    StatsQuery query;
    bool hasWindow = false;
    const Reader windowReader =
        [&query, &hasWindow](const QString &name, const QString &value) -> Result<void> {
        hasWindow = true;
        QStringList words;
        for (const WindowWord &known : windows) {
            words << QString::fromLatin1(known.word);
            if (value == words.last()) {
                query.window = known.window;
                return {};
            }
        }
        return wrong(name, u"one of %1"_s.arg(words.join(u", "_s)));
    };
    const Reader seriesReader = [&query](const QString &name, const QString &value) {
        return readSeries(query, name, value);
    };
    const std::vector<std::pair<QString, Reader>> readers{
        {u"window"_s, windowReader},
        {u"from"_s, timeReader(query.from)},
        {u"to"_s, timeReader(query.until)},
        {u"series"_s, seriesReader}};
    if (const auto read = readAll(parameters, readers); !read) {
        return failure(read.error());
    }
    if (query.until && !query.from) {
        return wrong(u"to"_s, u"given together with “from”"_s);
    }
    if (query.from && hasWindow) {
        return wrong(u"window"_s, u"left out when “from” is given"_s);
    }
    if (query.from && query.until && *query.from >= *query.until) {
        return wrong(u"to"_s, u"later than “from”"_s);
    }
    return query;
}

QStringList statusWords()
{
    QStringList words;
    for (const StatusWord &known : statusClasses) {
        words << QString::fromLatin1(known.word);
    }
    return words;
}

QString toString(StatsWindow window)
{
    return QString::fromLatin1(windows.at(static_cast<std::size_t>(window)).word);
}

QString toString(StatsSeries series)
{
    return QString::fromLatin1(seriesWords.at(static_cast<std::size_t>(series)));
}

std::chrono::seconds lengthOf(StatsWindow window)
{
    return windows.at(static_cast<std::size_t>(window)).length;
}

QString toString(const RequestCursor &cursor)
{
    return u"%1-%2"_s.arg(cursor.timeUs).arg(cursor.id);
}

std::optional<RequestCursor> cursorFromString(const QString &text)
{
    const QStringList parts = text.split(u'-');
    if (parts.size() != 2) {
        return std::nullopt;
    }
    bool hasTime = false;
    bool hasId = false;
    const RequestCursor cursor{parts[0].toLongLong(&hasTime), parts[1].toLongLong(&hasId)};
    return hasTime && hasId ? std::optional(cursor) : std::nullopt;
}

} // namespace freerelay::interfaces
