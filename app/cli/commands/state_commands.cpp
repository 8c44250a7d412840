#include "state_commands.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

QString stateLine(const QJsonObject &status)
{
    if (!status.value("listening"_L1).toBool()) {
        return u"not listening"_s;
    }
    if (status.value("paused"_L1).toBool()) {
        return u"paused"_s;
    }
    return status.value("demo"_L1).toBool() ? u"running (demo: no provider is configured)"_s
                                            : u"running"_s;
}

QString uptimeText(qint64 seconds)
{
    return u"%1 h %2 min %3 s"_s.arg(seconds / 3600).arg(seconds / 60 % 60).arg(seconds % 60);
}

/// "" for names of our own, which stand for models of several sizes.
QString windowText(const QJsonObject &model)
{
    if (model.value("provider"_L1).toString() == "freerelay"_L1) {
        return {};
    }
    const QJsonValue window = model.value("context_window"_L1);
    return window.isDouble() ? u"%1 tokens"_s.arg(window.toInteger()) : u"window unknown"_s;
}

/// "" = they are not kept.
QString textsLine(const QJsonObject &texts)
{
    const qint64 hours = texts.value("hours"_L1).toInteger();
    if (hours == 0) {
        return {};
    }
    const QString line = u"prompts and answers are kept for %1 h, of %2 requests"_s.arg(hours).arg(
        texts.value("kept"_L1).toInteger());
    const QJsonValue until = texts.value("oldest_until"_L1);
    return until.isString() ? u"%1, the oldest until %2"_s.arg(
               line,
               QDateTime::fromString(until.toString(), Qt::ISODateWithMs)
                   .toLocalTime()
                   .toString(u"yyyy-MM-dd HH:mm"_s))
                            : line;
}

void printJson(const Console &console, const QJsonDocument &document)
{
    console.out(QString::fromUtf8(document.toJson().trimmed()));
}

} // namespace

int statusCommand(CommandContext &context, bool json)
{
    int exitCode = exitOk;
    const auto status = context.call(u"status"_s, {}, exitCode);
    if (!status) {
        return exitCode;
    }
    if (json) {
        printJson(context.console, QJsonDocument(*status));
        return exitOk;
    }
    const QString problem = status->value("problem"_L1).toString();
    std::vector<QStringList> rows{
        {u"State"_s, stateLine(*status)},
        {u"Endpoint"_s, status->value("endpoint"_L1).toString()},
        {u"Mode"_s, status->value("mode"_L1).toString()},
        {u"Providers"_s,
         u"%1 ready of %2 configured"_s.arg(status->value("providers_ready"_L1).toInt())
             .arg(status->value("providers_configured"_L1).toInt())},
        {u"Requests"_s,
         u"%1 (%2 failed, %3 in flight)"_s.arg(status->value("requests_total"_L1).toInteger())
             .arg(status->value("requests_failed"_L1).toInteger())
             .arg(status->value("requests_in_flight"_L1).toInt())},
        {u"Uptime"_s, uptimeText(status->value("uptime_seconds"_L1).toInteger())},
        {u"Version"_s,
         u"%1 (process %2)"_s.arg(status->value("version"_L1).toString())
             .arg(status->value("pid"_L1).toInteger())}};
    const QString audit = status->value("audit"_L1).toString();
    if (!audit.isEmpty() && audit != "none"_L1) {
        const bool strict = status->value("audit_strict"_L1).toBool();
        rows.push_back({u"Audit"_s, strict ? QString(audit % u", strict"_s) : audit});
    }
    const QString texts = textsLine(status->value("texts"_L1).toObject());
    if (!texts.isEmpty()) {
        rows.push_back({u"Texts"_s, texts});
    }
    if (status->value("chaos"_L1).toBool()) {
        rows.push_back({u"Chaos"_s, u"ON: faults are played on purpose"_s});
    }
    if (status->value("brownout"_L1).toBool()) {
        rows.push_back({u"Brownout"_s, u"most providers fail; what can wait is put off"_s});
    }
    if (!problem.isEmpty()) {
        rows.push_back({u"Problem"_s, problem});
    }
    context.console.table(rows);
    return exitOk;
}

int modeCommand(CommandContext &context, const QString &mode)
{
    int exitCode = exitOk;
    if (mode.isEmpty()) {
        if (const auto status = context.call(u"status"_s, {}, exitCode)) {
            context.console.out(status->value("mode"_L1).toString());
        }
        return exitCode;
    }
    if (context.call(u"mode"_s, {{u"mode"_s, mode}}, exitCode)) {
        context.console.note(u"Mode: %1."_s.arg(mode));
    }
    return exitCode;
}

int orderCommand(CommandContext &context, const QString &operation, const QString &done)
{
    int exitCode = exitOk;
    if (context.call(operation, {}, exitCode) && !done.isEmpty()) {
        context.console.note(done);
    }
    return exitCode;
}

int modelsCommand(CommandContext &context, bool all, bool json)
{
    int exitCode = exitOk;
    const auto reply = context.call(u"models"_s, {{u"all"_s, all}}, exitCode);
    if (!reply) {
        return exitCode;
    }
    const QJsonArray models = reply->value("rows"_L1).toArray();
    if (json) {
        printJson(context.console, QJsonDocument(models));
        return exitOk;
    }
    std::vector<QStringList> rows;
    for (const QJsonValue &value : models) {
        const QJsonObject model = value.toObject();
        rows.push_back(
            {model.value("id"_L1).toString(),
             model.value("tier"_L1).toString(),
             windowText(model),
             model.value("usable"_L1).toBool() ? QString() : u"not usable now"_s});
    }
    context.console.table(rows);
    if (rows.empty()) {
        context.console.note(u"No model can be used yet. Add a key with “freerelay setup”."_s);
    }
    return exitOk;
}

} // namespace freerelay::app
