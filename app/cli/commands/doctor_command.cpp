#include "doctor_command.h"

#include "core/services/doctor/doctor.h"
#include "core/store/salvage.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

using services::CheckResult;
using services::Verdict;

QString wordOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Ok:
        return u"ok"_s;
    case Verdict::Warning:
        return u"warn"_s;
    case Verdict::Failure:
        return u"fail"_s;
    }
    return {};
}

/// Status of the running program; empty when none answers.
QJsonObject runningStatus(CommandContext &context)
{
    if (!context.control.connect()) {
        return {};
    }
    return context.control.call(u"status"_s).value_or(QJsonObject());
}

QJsonObject toJson(const CheckResult &result)
{
    return {
        {u"check"_s, result.name},
        {u"verdict"_s, wordOf(result.verdict)},
        {u"finding"_s, result.finding},
        {u"advice"_s, result.advice}};
}

QJsonObject toJson(const store::SalvageReport &report)
{
    return {
        {u"requests"_s, qint64(report.requests)},
        {u"known"_s, qint64(report.known)},
        {u"attempts"_s, qint64(report.attempts)},
        {u"decisions"_s, qint64(report.decisions)},
        {u"amendments"_s, qint64(report.amendments)},
        {u"sums"_s, qint64(report.sums)},
        {u"lost"_s, qint64(report.lost)},
        {u"gaps"_s, report.gaps}};
}

QString sentenceOf(const store::SalvageReport &report)
{
    QString text
        = u"%1 requests brought over with %2 attempts, %3 were there already, %4 sums added"_s
              .arg(report.requests)
              .arg(report.attempts)
              .arg(report.known)
              .arg(report.sums);
    if (report.lost > 0) {
        text += u", %1 rows lost"_s.arg(report.lost);
    }
    return text % (report.gaps ? u"; parts of it cannot be read any more."_s : u"."_s);
}

void printJson(const Console &console, const QJsonObject &object)
{
    console.out(QString::fromUtf8(QJsonDocument(object).toJson().trimmed()));
}

} // namespace

int doctorCommand(CommandContext &context, bool json)
{
    const std::vector<CheckResult> results = services::examine(
        {context.paths,
         common::Environment::ofProcess(),
         common::SystemClock().wallNow(),
         runningStatus(context)});
    Verdict worst = Verdict::Ok;
    QJsonArray array;
    std::vector<QStringList> rows;
    for (const CheckResult &result : results) {
        worst = std::max(worst, result.verdict);
        array.append(toJson(result));
        const QString advice = result.advice.isEmpty() ? QString() : QString(u' ' % result.advice);
        rows.push_back({wordOf(result.verdict), result.name, result.finding % advice});
    }
    if (json) {
        printJson(context.console, {{u"verdict"_s, wordOf(worst)}, {u"checks"_s, array}});
    } else {
        context.console.table(rows);
    }
    return worst == Verdict::Failure ? exitFailure : exitOk;
}

int recoverCommand(CommandContext &context, bool json)
{
    int exitCode = exitOk;
    QJsonArray array;
    const QStringList files = store::filesSetAside(context.paths.recordsFile);
    for (const QString &file : files) {
        const QString name = QFileInfo(file).fileName();
        const auto report = store::salvage(file, context.paths.recordsFile);
        QJsonObject object = report ? toJson(*report)
                                    : QJsonObject{{u"error"_s, report.error().message}};
        object.insert(u"file"_s, name);
        array.append(object);
        if (!report) {
            exitCode = exitFailure;
            context.console.error(name % u": "_s % report.error().message);
        } else if (!json) {
            context.console.out(name % u": "_s % sentenceOf(*report));
        }
    }
    if (json) {
        printJson(context.console, {{u"files"_s, array}});
    } else if (files.isEmpty()) {
        context.console.note(u"No damaged records file was set aside."_s);
    }
    return exitCode;
}

} // namespace freerelay::app
