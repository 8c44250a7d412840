#include "stored_key_list.h"

#include "core/keys/key_text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::keys {

namespace {

constexpr int listVersion = 1;

tl::unexpected<common::Error> damaged()
{
    return common::failure(common::ErrorKind::ProtocolError, u"The list of keys is damaged."_s);
}

QByteArray field(const QJsonObject &object, QLatin1StringView name)
{
    return object.value(name).toString().toLatin1();
}

} // namespace

QByteArray toJson(const std::vector<StoredKey> &keys, ListContent content)
{
    QJsonArray list;
    for (const StoredKey &key : keys) {
        QJsonObject entry{
            {u"provider"_s, QString::fromLatin1(key.provider)},
            {u"id"_s, QString::fromLatin1(key.id)},
            {u"host"_s, QString::fromLatin1(key.boundHost)}};
        if (content == ListContent::WithSecrets) {
            entry.insert(u"key"_s, QString::fromLatin1(key.secret.reveal()));
        }
        list.append(entry);
    }
    return QJsonDocument(QJsonObject{{u"version"_s, listVersion}, {u"keys"_s, list}})
        .toJson(QJsonDocument::Compact);
}

common::Result<std::vector<StoredKey>>
storedKeysFromJson(const QByteArray &json, ListContent content)
{
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    if (object.value("version"_L1).toInt() != listVersion || !object.value("keys"_L1).isArray()) {
        return damaged();
    }
    std::vector<StoredKey> keys;
    const QJsonArray values = object.value("keys"_L1).toArray();
    for (const QJsonValue &value : values) {
        const QJsonObject entry = value.toObject();
        StoredKey key{
            field(entry, "provider"_L1), field(entry, "id"_L1), field(entry, "host"_L1), {}};
        if (key.provider.isEmpty() || key.id.isEmpty() || key.boundHost.isEmpty()) {
            return damaged();
        }
        if (content == ListContent::WithSecrets) {
            auto secret = keyFromText(field(entry, "key"_L1), u"A saved key"_s);
            if (!secret) {
                return damaged();
            }
            key.secret = *std::move(secret);
        }
        keys.push_back(std::move(key));
    }
    return keys;
}

} // namespace freerelay::keys
