#include "app_file.h"

#include "core/apps/app_table.h"
#include "core/common/hashing.h"
#include "core/common/private_file.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::apps {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;

constexpr int formatVersion = 1;
constexpr qint64 maxFileBytes = 1024 * 1024;
constexpr qsizetype idDigits = 16;

/// Names the key of the hashes without telling it.
QString hashKeyId(const common::Secret &hashKey)
{
    const QByteArray hash = common::KeyedHash(hashKey).add("the key of app keys").finish();
    return QString::fromLatin1(hash.toHex().left(idDigits));
}

QString timeText(common::WallTime time)
{
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
    return QDateTime::fromMSecsSinceEpoch(ms.count(), Qt::UTC).toString(Qt::ISODateWithMs);
}

std::optional<common::WallTime> timeIn(const QJsonValue &value)
{
    const QDateTime time = QDateTime::fromString(value.toString(), Qt::ISODateWithMs);
    return time.isValid()
        ? std::optional(common::WallTime(std::chrono::milliseconds(time.toMSecsSinceEpoch())))
        : std::nullopt;
}

QJsonObject objectOf(const DayUse &use)
{
    return {
        {u"day"_s, use.day.toString(Qt::ISODate)},
        {u"requests"_s, qint64(use.requests)},
        {u"refused"_s, qint64(use.refused)},
        {u"tokens"_s, qint64(use.tokens)},
        {u"spent_micro_usd"_s, qint64(use.spent.count)},
        {u"unpriced"_s, qint64(use.unpriced)}};
}

DayUse useIn(const QJsonObject &object)
{
    return {
        QDate::fromString(object.value("day"_L1).toString(), Qt::ISODate),
        object.value("requests"_L1).toInteger(),
        object.value("refused"_L1).toInteger(),
        object.value("tokens"_L1).toInteger(),
        {object.value("spent_micro_usd"_L1).toInteger()},
        object.value("unpriced"_L1).toInteger()};
}

void insertRights(QJsonObject &object, const AppRights &rights)
{
    object.insert(u"scopes"_s, QJsonArray::fromStringList(toWords(rights.scopes)));
    QJsonArray models;
    for (const QByteArray &model : rights.models) {
        models.append(QString::fromUtf8(model));
    }
    object.insert(u"models"_s, models);
    if (rights.mode) {
        object.insert(u"mode"_s, common::toString(*rights.mode));
    }
    if (rights.dailyBudget) {
        object.insert(u"daily_budget_micro_usd"_s, qint64(rights.dailyBudget->count));
    }
}

Result<AppRights> rightsIn(const QJsonObject &object)
{
    AppRights rights;
    QStringList words;
    const QJsonArray scopeWords = object.value("scopes"_L1).toArray();
    for (const QJsonValue &word : scopeWords) {
        words << word.toString();
    }
    const auto scopes = scopesFromWords(words);
    if (!scopes) {
        return failure(scopes.error());
    }
    rights.scopes = *scopes;
    const QJsonArray models = object.value("models"_L1).toArray();
    for (const QJsonValue &model : models) {
        rights.models << model.toString().toUtf8();
    }
    if (const QJsonValue mode = object.value("mode"_L1); !mode.isUndefined()) {
        rights.mode = common::modeFromString(mode.toString());
        if (!rights.mode) {
            return failure(ErrorKind::ProtocolError, u"There is no mode like that."_s);
        }
    }
    if (const QJsonValue budget = object.value("daily_budget_micro_usd"_L1); budget.isDouble()) {
        rights.dailyBudget = common::MicroUsd{budget.toInteger()};
    }
    return rights;
}

QJsonObject objectOf(const App &app, common::WallTime now)
{
    QJsonObject object{
        {u"id"_s, QString::fromLatin1(app.id)},
        {u"name"_s, app.name},
        {u"tool"_s, app.tool},
        {u"key_hash"_s, QString::fromLatin1(app.keyHash.toHex())},
        {u"created_at"_s, timeText(app.createdAt)},
        {u"today"_s, objectOf(app.use->today(now))}};
    insertRights(object, app.rights);
    if (app.revokedAt) {
        object.insert(u"revoked_at"_s, timeText(*app.revokedAt));
    }
    if (const auto lastUsed = app.use->lastUsed()) {
        object.insert(u"last_used_at"_s, timeText(*lastUsed));
    }
    return object;
}

Result<AppPtr> appIn(const QJsonObject &object)
{
    auto rights = rightsIn(object);
    if (!rights) {
        return failure(std::move(rights.error()));
    }
    auto app = std::make_shared<App>();
    app->id = object.value("id"_L1).toString().toLatin1();
    app->name = object.value("name"_L1).toString();
    app->tool = object.value("tool"_L1).toString();
    app->rights = *std::move(rights);
    app->keyHash = QByteArray::fromHex(object.value("key_hash"_L1).toString().toLatin1());
    const auto created = timeIn(object.value("created_at"_L1));
    if (app->id.isEmpty() || app->name.isEmpty() || app->keyHash.size() != common::hashBytes
        || !created) {
        return failure(ErrorKind::ProtocolError, u"An app lacks its id, name, key or date."_s);
    }
    app->createdAt = *created;
    app->revokedAt = timeIn(object.value("revoked_at"_L1));
    app->use = std::make_shared<AppUse>(
        useIn(object.value("today"_L1).toObject()), timeIn(object.value("last_used_at"_L1)));
    return app;
}

} // namespace

Result<std::vector<AppPtr>> readApps(const QString &path, const common::Secret &hashKey)
{
    const auto text = common::readTrustedFile(path, maxFileBytes, common::FileTrust::OwnerOnly);
    if (!text) {
        return text.error().kind == ErrorKind::NotFound ? Result<std::vector<AppPtr>>()
                                                        : failure(text.error());
    }
    const QJsonObject book = QJsonDocument::fromJson(*text).object();
    if (book.value("version"_L1).toInt() != formatVersion) {
        return failure(ErrorKind::ProtocolError, path % u": it is no list of apps."_s);
    }
    if (book.value("hash_key"_L1).toString() != hashKeyId(hashKey)) {
        return failure(
            ErrorKind::ProtocolError,
            path
                % u": the keys in it can no longer be told, since the file fingerprint-key is another one."_s);
    }
    std::vector<AppPtr> apps;
    const QJsonArray entries = book.value("apps"_L1).toArray();
    for (const QJsonValue &value : entries) {
        auto app = appIn(value.toObject());
        if (!app) {
            return failure(ErrorKind::ProtocolError, path % u": "_s % app.error().message);
        }
        apps.push_back(*std::move(app));
    }
    return apps;
}

QByteArray
appsText(const std::vector<AppPtr> &apps, const common::Secret &hashKey, common::WallTime now)
{
    QJsonArray list;
    for (const AppPtr &app : apps) {
        list.append(objectOf(*app, now));
    }
    return QJsonDocument(QJsonObject{
                             {u"version"_s, formatVersion},
                             {u"hash_key"_s, hashKeyId(hashKey)},
                             {u"apps"_s, list}})
        .toJson();
}

} // namespace freerelay::apps
