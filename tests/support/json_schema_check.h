#pragma once

#include <QJsonObject>
#include <QJsonValue>
#include <QString>

namespace freerelay::tests {

/// Checks JSON against the part of JSON Schema that OpenAI's specification uses: $ref, allOf,
/// anyOf, oneOf (as anyOf: its alternatives overlap), type, enum, required, properties,
/// additionalProperties, items.
class JsonSchemaCheck
{
public:
    /// @param schema  with "$defs"
    explicit JsonSchemaCheck(QJsonObject schema)
        : m_definitions(schema[QLatin1String("$defs")].toObject())
    { }

    /// @return where and why `value` is no `definition`; "" when it is one
    [[nodiscard]] QString amiss(const QJsonValue &value, const QString &definition) const;

private:
    [[nodiscard]] QString
    check(const QJsonValue &value, const QJsonObject &schema, const QString &path) const;
    [[nodiscard]] QString
    checkOneOf(const QJsonValue &value, const QJsonArray &schemas, const QString &path) const;
    [[nodiscard]] QString
    checkObject(const QJsonObject &object, const QJsonObject &schema, const QString &path) const;

    QJsonObject m_definitions;
};

} // namespace freerelay::tests
