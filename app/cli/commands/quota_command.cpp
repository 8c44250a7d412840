#include "quota_command.h"

#include <QDateTime>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

constexpr int barCells = 10;

QDateTime timeOf(const QJsonValue &value)
{
    return QDateTime::fromString(value.toString(), Qt::ISODateWithMs);
}

/// "42 s", "12 min", "3 h 05 min", "2 d 3 h"; "" when it is not known.
QString leftText(const QJsonValue &until, const QDateTime &now)
{
    if (!until.isString()) {
        return {};
    }
    const qint64 seconds = std::max<qint64>(now.secsTo(timeOf(until)), 0);
    constexpr qint64 minute = 60;
    constexpr qint64 hour = 60 * minute;
    constexpr qint64 day = 24 * hour;
    if (seconds < 2 * minute) {
        return u"%1 s"_s.arg(seconds);
    }
    if (seconds < hour) {
        return u"%1 min"_s.arg(seconds / minute);
    }
    if (seconds < day) {
        return u"%1 h %2 min"_s.arg(seconds / hour)
            .arg(seconds % hour / minute, 2, 10, QChar(u'0'));
    }
    return u"%1 d %2 h"_s.arg(seconds / day).arg(seconds % day / hour);
}

/// How much is used, in ten cells: a cell is full when the last tenth of it is.
QString bar(const QJsonObject &window)
{
    const QJsonValue limit = window.value("limit"_L1);
    if (!limit.isDouble()) {
        return {};
    }
    const double whole = std::max(limit.toDouble(), 1.0);
    const double left = std::clamp(window.value("remaining"_L1).toDouble() / whole, 0.0, 1.0);
    const int full = std::clamp(int((1 - left) * barCells), 0, barCells);
    return QString(full, u'█') + QString(barCells - full, u'░');
}

QString amounts(const QJsonObject &window)
{
    const QString used = QString::number(window.value("used"_L1).toInteger());
    const QJsonValue limit = window.value("limit"_L1);
    const QString all = limit.isDouble() ? u"%1 of %2"_s.arg(used).arg(limit.toInteger())
                                         : u"%1, limit unknown"_s.arg(used);
    return window.value("blocked"_L1).toBool() ? QString(all % u", refused"_s) : all;
}

/// What the number rests on, in words.
QString sourceText(const QJsonObject &window)
{
    static const QHash<QString, QString> words{
        {u"header"_s, u"told by replies"_s},
        {u"account_api"_s, u"account page"_s},
        {u"learned_from_error"_s, u"learned from refusals"_s},
        {u"suspected"_s, u"suspected"_s},
        {u"catalogue"_s, u"published"_s},
        {u"guess"_s, u"guessed"_s}};
    const QString source = window.value("source"_L1).toString();
    return words.value(source, source);
}

/// Whose window: the model, the pool, or all models.
QString subjectText(const QJsonObject &window)
{
    const QString subject = window.value("subject"_L1).toString();
    return subject.isEmpty() ? u"all models"_s : subject;
}

QString orDash(const QString &text)
{
    return text.isEmpty() ? u"–"_s : text;
}

void printWindows(const Console &console, const QJsonArray &windows, const QDateTime &now)
{
    std::vector<QStringList> rows{
        {u"SUBJECT"_s,
         u"KEY"_s,
         u"WINDOW"_s,
         u""_s,
         u"USED"_s,
         u"RESET IN"_s,
         u"LIMIT IS"_s,
         u"EXPECTED"_s}};
    for (const QJsonValue &value : windows) {
        const QJsonObject window = value.toObject();
        rows.push_back(
            {subjectText(window),
             orDash(window.value("key_fingerprint"_L1).toString()),
             window.value("window"_L1).toString(),
             bar(window),
             amounts(window),
             orDash(leftText(window.value("resets_at"_L1), now)),
             orDash(sourceText(window)),
             window.value("forecast"_L1).toString()});
    }
    console.table(rows);
}

void printRests(const Console &console, const QJsonArray &rests, const QDateTime &now)
{
    std::vector<QStringList> rows;
    for (const QJsonValue &value : rests) {
        const QJsonObject rest = value.toObject();
        const QString model = rest.value("model"_L1).toString();
        rows.push_back(
            {u"at rest"_s,
             model.isEmpty() ? u"all models"_s : model,
             orDash(rest.value("key_fingerprint"_L1).toString()),
             rest.value("reason"_L1).toString().replace(u'_', u' '),
             u"for %1"_s.arg(leftText(rest.value("until"_L1), now)),
             rest.value("detail"_L1).toString()});
    }
    console.table(rows);
}

void printProvider(const Console &console, const QJsonObject &provider, const QDateTime &now)
{
    const QJsonValue until = provider.value("used_up_until"_L1);
    const QString name = console.bold(provider.value("name"_L1).toString());
    console.out(
        until.isString() ? u"%1: used up, back in %2"_s.arg(name, leftText(until, now)) : name);
    if (const QJsonArray windows = provider.value("windows"_L1).toArray(); !windows.isEmpty()) {
        printWindows(console, windows, now);
    }
    if (const QJsonArray rests = provider.value("cool_downs"_L1).toArray(); !rests.isEmpty()) {
        printRests(console, rests, now);
    }
}

void printNext(const Console &console, const QJsonArray &next)
{
    QStringList names;
    for (const QJsonValue &value : next) {
        const QJsonObject one = value.toObject();
        names << u"%1 (%2)"_s.arg(
            one.value("name"_L1).toString(), one.value("model"_L1).toString());
    }
    console.note(
        names.isEmpty() ? u"Nobody could answer now."_s
                        : u"Next: %1."_s.arg(names.join(u", then "_s)));
}

} // namespace

int quotaCommand(CommandContext &context, const QString &provider, bool json)
{
    int exitCode = exitOk;
    const QJsonObject args = provider.isEmpty() ? QJsonObject()
                                                : QJsonObject{{u"provider"_s, provider}};
    const auto quota = context.call(u"quota"_s, args, exitCode);
    if (!quota) {
        return exitCode;
    }
    const Console &console = context.console;
    if (json) {
        console.out(QString::fromUtf8(QJsonDocument(*quota).toJson().trimmed()));
        return exitOk;
    }
    const QJsonArray providers = quota->value("data"_L1).toArray();
    if (providers.isEmpty()) {
        console.note(
            u"Nothing is known of a quota yet: it is counted from the first request on."_s);
    }
    const QDateTime now = timeOf(quota->value("taken_at"_L1));
    for (qsizetype i = 0; i < providers.size(); ++i) {
        if (i > 0) {
            console.out({});
        }
        printProvider(console, providers[i].toObject(), now);
    }
    printNext(console, quota->value("next"_L1).toArray());
    return exitOk;
}

} // namespace freerelay::app
