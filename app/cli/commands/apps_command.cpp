#include "apps_command.h"

#include "core/interfaces/app_keys_json.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

using interfaces::AppKeyChange;

QStringList words(const std::vector<std::string> &texts)
{
    QStringList list;
    for (const std::string &text : texts) {
        list << QString::fromStdString(text);
    }
    return list;
}

QString joined(const QJsonValue &list)
{
    QStringList texts;
    const QJsonArray words = list.toArray();
    for (const QJsonValue &text : words) {
        texts << text.toString();
    }
    return texts.join(u", "_s);
}

QString money(const QJsonValue &usd)
{
    return interfaces::moneyText({std::llround(usd.toDouble() * common::microUsdPerUsd)});
}

/// "$0.02 of $0.50", with a mark when some of it is not known.
QString spentText(const QJsonObject &app)
{
    const QJsonObject today = app.value("today"_L1).toObject();
    const QJsonValue budget = app.value("daily_budget_usd"_L1);
    const QString more = today.value("unpriced"_L1).toInteger() > 0 ? u" and more"_s : QString();
    const QString spent = money(today.value("spent_usd"_L1)) + more;
    return budget.isDouble() ? u"%1 of %2"_s.arg(spent, money(budget)) : spent;
}

QString stateText(const QJsonObject &app)
{
    return app.value("revoked_at"_L1).isString() ? u"revoked"_s : u"open"_s;
}

QStringList rowOf(const QJsonObject &app)
{
    const QJsonObject today = app.value("today"_L1).toObject();
    const QString models = joined(app.value("models"_L1));
    return {
        app.value("id"_L1).toString(),
        app.value("name"_L1).toString(),
        stateText(app),
        joined(app.value("scopes"_L1)),
        app.value("mode"_L1).toString(u"default"_s),
        models.isEmpty() ? u"all"_s : models,
        QString::number(today.value("requests"_L1).toInteger()),
        QString::number(today.value("tokens"_L1).toInteger()),
        spentText(app)};
}

void print(const CommandContext &context, const QJsonObject &object)
{
    context.console.out(QString::fromUtf8(QJsonDocument(object).toJson().trimmed()));
}

/// nullopt when it cannot be read; that is said.
std::optional<AppKeyChange> changeOf(CommandContext &context, const AppsOptions &options)
{
    AppKeyChange change;
    if (!options.name.empty()) {
        change.name = QString::fromStdString(options.name);
    }
    if (!options.scopes.empty()) {
        change.scopes = words(options.scopes);
    }
    if (!options.models.empty()) {
        change.models = options.models.front() == "all" ? QStringList() : words(options.models);
    }
    if (!options.mode.empty()) {
        change.mode = common::modeFromString(
            QString::fromStdString(options.mode)); // "default": none
    }
    if (options.budget == "none") {
        change.dailyBudget = std::optional<common::MicroUsd>();
    } else if (!options.budget.empty()) {
        const auto budget = interfaces::moneyFromText(QString::fromStdString(options.budget));
        if (!budget) {
            context.console.error(budget.error());
            return std::nullopt;
        }
        change.dailyBudget = *budget;
    }
    return change;
}

int order(CommandContext &context, const QString &operation, const AppsOptions &options)
{
    int exitCode = exitOk;
    const QJsonObject args{{u"id"_s, QString::fromStdString(options.app)}};
    (void)context.call(operation, args, exitCode);
    return exitCode;
}

} // namespace

int appsListCommand(CommandContext &context, const AppsOptions &options)
{
    int exitCode = exitOk;
    const auto reply = context.call(u"apps"_s, {}, exitCode);
    if (!reply) {
        return exitCode;
    }
    if (options.json) {
        print(context, *reply);
        return exitOk;
    }
    if (const QString problem = reply->value("problem"_L1).toString(); !problem.isEmpty()) {
        context.console.error(problem);
    }
    const QJsonArray apps = reply->value("apps"_L1).toArray();
    if (apps.isEmpty()) {
        context.console.note(
            u"No app has a key of its own yet: “freerelay connect” makes one for each tool, “freerelay apps add” one by hand."_s);
        return exitOk;
    }
    std::vector<QStringList> rows{
        {u"ID"_s,
         u"NAME"_s,
         u"STATE"_s,
         u"SCOPES"_s,
         u"MODE"_s,
         u"MODELS"_s,
         u"REQUESTS TODAY"_s,
         u"TOKENS"_s,
         u"SPENT"_s}};
    for (const QJsonValue &app : apps) {
        rows.push_back(rowOf(app.toObject()));
    }
    context.console.table(rows);
    return exitOk;
}

int appsAddCommand(CommandContext &context, const AppsOptions &options)
{
    const auto change = changeOf(context, options);
    if (!change) {
        return exitUsage;
    }
    int exitCode = exitOk;
    const auto added = context.call(u"app-add"_s, interfaces::toJson(*change), exitCode);
    if (!added) {
        return exitCode;
    }
    if (options.json) {
        print(context, *added);
        return exitOk;
    }
    context.console.note(u"The key of “%1”; keep it now, it is not told again:"_s.arg(
        added->value("name"_L1).toString()));
    context.console.out(added->value("key"_L1).toString());
    return exitOk;
}

int appsSetCommand(CommandContext &context, const AppsOptions &options)
{
    const auto change = changeOf(context, options);
    if (!change) {
        return exitUsage;
    }
    const QJsonObject args{
        {u"id"_s, QString::fromStdString(options.app)}, {u"change"_s, interfaces::toJson(*change)}};
    int exitCode = exitOk;
    const auto app = context.call(u"app-set"_s, args, exitCode);
    if (app && options.json) {
        print(context, *app);
    } else if (app) {
        context.console.table({rowOf(*app)});
    }
    return exitCode;
}

int appsRevokeCommand(CommandContext &context, const AppsOptions &options)
{
    const int exitCode = order(context, u"app-revoke"_s, options);
    if (exitCode == exitOk) {
        context.console.note(
            u"Its key opens nothing any more. Back: freerelay apps restore %1"_s.arg(
                QString::fromStdString(options.app)));
    }
    return exitCode;
}

int appsRestoreCommand(CommandContext &context, const AppsOptions &options)
{
    return order(context, u"app-restore"_s, options);
}

} // namespace freerelay::app
