#include "app_keys_json.h"

#include <QJsonArray>

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::interfaces {

namespace {

using common::ErrorKind;
using common::failure;
using common::MicroUsd;
using common::Result;

constexpr double microUsd = common::microUsdPerUsd;
constexpr double mostUsd = 1e6;

QJsonValue timeOrNull(const std::optional<QDateTime> &time)
{
    return time ? QJsonValue(time->toUTC().toString(Qt::ISODateWithMs)) : QJsonValue();
}

QJsonValue moneyOrNull(const std::optional<MicroUsd> &money)
{
    return money ? QJsonValue(double(money->count) / microUsd) : QJsonValue();
}

QJsonValue modeOrNull(const std::optional<common::Mode> &mode)
{
    return mode ? QJsonValue(common::toString(*mode)) : QJsonValue();
}

Result<MicroUsd> moneyFrom(double usd)
{
    if (!(usd >= 0 && usd <= mostUsd)) {
        return failure(
            ErrorKind::InvalidArgument,
            u"A budget is an amount of dollars from 0 to a million."_s,
            u"daily_budget_usd"_s);
    }
    return MicroUsd{std::llround(usd * microUsd)};
}

Result<QStringList> wordsFrom(const QString &name, const QJsonValue &value)
{
    QStringList words;
    const QJsonArray given = value.toArray();
    for (const QJsonValue &word : given) {
        words << word.toString();
    }
    if (!value.isArray() || words.contains(QString())) {
        return failure(
            ErrorKind::InvalidArgument, u"“%1” must be a list of words."_s.arg(name), name);
    }
    return words;
}

Result<void> readMode(const QJsonValue &value, AppKeyChange &change)
{
    const auto mode = common::modeFromString(value.toString());
    if (!mode && !value.isNull()) {
        return failure(
            ErrorKind::InvalidArgument, u"“mode” must be free, paid, auto or null."_s, u"mode"_s);
    }
    change.mode = mode;
    return {};
}

Result<void> readBudget(const QJsonValue &value, AppKeyChange &change)
{
    if (value.isNull()) {
        change.dailyBudget = std::optional<MicroUsd>();
        return {};
    }
    const auto money = moneyFrom(value.toDouble(-1));
    if (!money) {
        return failure(money.error());
    }
    change.dailyBudget = *money;
    return {};
}

Result<void> readMember(const QString &name, const QJsonValue &value, AppKeyChange &change)
{
    if (name == "name"_L1) {
        change.name = value.toString();
        return {};
    }
    if (name == "mode"_L1) {
        return readMode(value, change);
    }
    if (name == "daily_budget_usd"_L1) {
        return readBudget(value, change);
    }
    if (name != "scopes"_L1 && name != "models"_L1) {
        return failure(
            ErrorKind::InvalidArgument,
            u"There is no “%1”. There are: name, scopes, mode, models, daily_budget_usd."_s.arg(
                name),
            name);
    }
    auto words = wordsFrom(name, value);
    if (!words) {
        return failure(std::move(words.error()));
    }
    (name == "scopes"_L1 ? change.scopes : change.models) = *std::move(words);
    return {};
}

} // namespace

QJsonObject toJson(const AppKeyRow &app)
{
    return {
        {u"id"_s, app.id},
        {u"name"_s, app.name},
        {u"tool"_s, app.tool.isEmpty() ? QJsonValue() : QJsonValue(app.tool)},
        {u"scopes"_s, QJsonArray::fromStringList(app.rights.scopes)},
        {u"mode"_s, modeOrNull(app.rights.mode)},
        {u"models"_s, QJsonArray::fromStringList(app.rights.models)},
        {u"daily_budget_usd"_s, moneyOrNull(app.rights.dailyBudget)},
        {u"created_at"_s, timeOrNull(app.createdAt)},
        {u"last_used_at"_s, timeOrNull(app.lastUsedAt)},
        {u"revoked_at"_s, timeOrNull(app.revokedAt)},
        {u"today"_s,
         QJsonObject{
             {u"requests"_s, app.today.requests},
             {u"refused"_s, app.today.refused},
             {u"tokens"_s, app.today.tokens},
             {u"spent_usd"_s, moneyOrNull(app.today.spent)},
             {u"unpriced"_s, app.today.unpriced}}}};
}

QJsonObject appsJson(const std::vector<AppKeyRow> &apps, const QString &problem)
{
    QJsonArray array;
    for (const AppKeyRow &app : apps) {
        array.append(toJson(app));
    }
    return {{u"apps"_s, array}, {u"problem"_s, problem}};
}

QJsonObject toJson(const NewAppKey &added)
{
    QJsonObject object = toJson(added.app);
    object.insert(u"key"_s, QString::fromLatin1(added.key.reveal()));
    return object;
}

Result<AppKeyChange> appChangeFromJson(const QJsonObject &object)
{
    AppKeyChange change;
    for (auto member = object.begin(); member != object.end(); ++member) {
        if (auto read = readMember(member.key(), member.value(), change); !read) {
            return failure(std::move(read.error()));
        }
    }
    return change;
}

QJsonObject toJson(const AppKeyChange &change)
{
    QJsonObject object;
    if (change.name) {
        object.insert(u"name"_s, *change.name);
    }
    if (change.scopes) {
        object.insert(u"scopes"_s, QJsonArray::fromStringList(*change.scopes));
    }
    if (change.mode) {
        object.insert(u"mode"_s, modeOrNull(*change.mode));
    }
    if (change.models) {
        object.insert(u"models"_s, QJsonArray::fromStringList(*change.models));
    }
    if (change.dailyBudget) {
        object.insert(u"daily_budget_usd"_s, moneyOrNull(*change.dailyBudget));
    }
    return object;
}

Result<MicroUsd> moneyFromText(const QString &text)
{
    bool isNumber = false;
    const QString digits = text.trimmed().startsWith(u'$') ? text.trimmed().mid(1) : text.trimmed();
    const double usd = digits.toDouble(&isNumber);
    return moneyFrom(isNumber ? usd : -1);
}

QString moneyText(MicroUsd money)
{
    constexpr int digits = 6;
    constexpr qsizetype fewestDigits = 2;
    QString text = QString::number(double(money.count) / microUsd, 'f', digits);
    while (text.endsWith(u'0') && text.size() - text.indexOf(u'.') - 1 > fewestDigits) {
        text.chop(1);
    }
    return u'$' + text;
}

} // namespace freerelay::interfaces
