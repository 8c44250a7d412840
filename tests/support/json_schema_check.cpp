#include "json_schema_check.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::tests {

namespace {

bool hasType(const QJsonValue &value, const QString &type)
{
    if (type == u"integer"_s) {
        return value.isDouble() && std::floor(value.toDouble()) == value.toDouble();
    }
    return (type == u"object"_s && value.isObject()) || (type == u"array"_s && value.isArray())
        || (type == u"string"_s && value.isString()) || (type == u"number"_s && value.isDouble())
        || (type == u"boolean"_s && value.isBool()) || (type == u"null"_s && value.isNull());
}

QString shown(const QJsonValue &value)
{
    return QString::fromUtf8(
        QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact).left(200));
}

} // namespace

QString JsonSchemaCheck::amiss(const QJsonValue &value, const QString &definition) const
{
    return check(value, QJsonObject{{u"$ref"_s, QString(u"#/$defs/"_s + definition)}}, u"$"_s);
}

QString JsonSchemaCheck::check(
    const QJsonValue &value, const QJsonObject &schema, const QString &path) const
{
    if (const QString to = schema[u"$ref"_s].toString(); !to.isEmpty()) {
        const QString name = to.section(u'/', -1);
        if (!m_definitions.contains(name)) {
            return path + u": no definition "_s + name;
        }
        if (const QString found = check(value, m_definitions[name].toObject(), path);
            !found.isEmpty()) {
            return found;
        }
    }
    for (const QJsonValue one : schema[u"allOf"_s].toArray()) {
        if (const QString found = check(value, one.toObject(), path); !found.isEmpty()) {
            return found;
        }
    }
    for (const QString &word : {u"anyOf"_s, u"oneOf"_s}) {
        if (const QString found = checkOneOf(value, schema[word].toArray(), path);
            !found.isEmpty()) {
            return found;
        }
    }
    if (const QString type = schema[u"type"_s].toString();
        !type.isEmpty() && !hasType(value, type)) {
        return path + u": no "_s + type + u": "_s + shown(value);
    }
    if (schema.contains(u"enum"_s) && !schema[u"enum"_s].toArray().contains(value)) {
        return path + u": not in enum: "_s + shown(value);
    }
    int index = 0;
    for (const QJsonValue item : value.toArray()) {
        const QString place = path + u"[%1]"_s.arg(index++);
        if (const QString found = check(item, schema[u"items"_s].toObject(), place);
            !found.isEmpty()) {
            return found;
        }
    }
    return value.isObject() ? checkObject(value.toObject(), schema, path) : QString();
}

QString JsonSchemaCheck::checkOneOf(
    const QJsonValue &value, const QJsonArray &schemas, const QString &path) const
{
    QString first;
    for (const QJsonValue one : schemas) {
        const QString found = check(value, one.toObject(), path);
        if (found.isEmpty()) {
            return {};
        }
        first += u" | "_s + found;
    }
    return first.left(2000);
}

QString JsonSchemaCheck::checkObject(
    const QJsonObject &object, const QJsonObject &schema, const QString &path) const
{
    for (const QJsonValue name : schema[u"required"_s].toArray()) {
        if (!object.contains(name.toString())) {
            return path + u": without "_s + name.toString();
        }
    }
    const QJsonObject properties = schema[u"properties"_s].toObject();
    for (auto member = object.begin(); member != object.end(); ++member) {
        const bool isKnown = properties.contains(member.key());
        const QJsonValue other = schema[u"additionalProperties"_s];
        if (!isKnown && other.isBool() && !other.toBool()) {
            return path + u": unexpected "_s + member.key();
        }
        const QJsonObject rule = isKnown ? properties[member.key()].toObject() : other.toObject();
        if (const QString found = check(member.value(), rule, path + u'.' + member.key());
            !found.isEmpty()) {
            return found;
        }
    }
    return {};
}

} // namespace freerelay::tests
