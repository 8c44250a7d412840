#pragma once

#include "core/settings/value_text.h"

#include <QRegularExpression>
#include <QString>
#include <QStringList>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

/// The kinds of settings, for the schema alone.
namespace freerelay::settings {

/// One setting of an Object: how it is called, read and written.
template <typename Object> struct Field
{
    QString name;
    bool isList = false;
    QString requirement;
    std::function<bool(Object &, const QStringList &)> assign; ///< false: not acceptable
    std::function<QStringList(const Object &)> show;
};

/// A field of one scalar. `access` is generic over const; `read` returns an optional value.
template <typename Object, typename Access, typename Read, typename Write>
Field<Object> scalar(QString name, QString requirement, Access access, Read read, Write write)
{
    return {
        std::move(name),
        false,
        std::move(requirement),
        [access, read](Object &object, const QStringList &items) {
            auto value = read(items.constFirst());
            if (!value) {
                return false;
            }
            access(object) = *std::move(value);
            return true;
        },
        [access, write](const Object &object) { return QStringList(write(access(object))); }};
}

template <typename Object, typename Access> Field<Object> flag(QString name, Access access)
{
    return scalar<Object>(
        std::move(name),
        QStringLiteral("true or false"),
        access,
        [](const QString &text) -> std::optional<bool> {
            if (text == QLatin1StringView("true") || text == QLatin1StringView("false")) {
                return text == QLatin1StringView("true");
            }
            return std::nullopt;
        },
        [](bool value) { return value ? QStringLiteral("true") : QStringLiteral("false"); });
}

template <typename Object, typename Access>
Field<Object> integer(QString name, Access access, int least, int most)
{
    using Value = std::remove_cvref_t<decltype(access(std::declval<Object &>()))>;
    return scalar<Object>(
        std::move(name),
        QStringLiteral("a whole number from %1 to %2").arg(least).arg(most),
        access,
        [least, most](const QString &text) -> std::optional<Value> {
            static const QRegularExpression digits(QStringLiteral("^\\d{1,9}$"));
            const int value = text.toInt();
            if (!digits.match(text).hasMatch() || value < least || value > most) {
                return std::nullopt;
            }
            return static_cast<Value>(value);
        },
        [](Value value) { return QString::number(value); });
}

template <typename Object, typename Access>
Field<Object> duration(
    QString name, Access access, std::chrono::milliseconds least, std::chrono::milliseconds most)
{
    return scalar<Object>(
        std::move(name),
        QStringLiteral("a time from %1 to %2 with its unit (ms, s, min or h)")
            .arg(toText(least), toText(most)),
        access,
        [least, most](const QString &text) {
            auto value = durationFromText(text);
            return value && *value >= least && *value <= most ? value : std::nullopt;
        },
        [](std::chrono::milliseconds value) { return toText(value); });
}

template <typename Object, typename Access>
Field<Object> size(QString name, Access access, std::int64_t least, std::int64_t most)
{
    return scalar<Object>(
        std::move(name),
        QStringLiteral("a size from %1 to %2 (bytes, or with KiB, MiB or GiB)")
            .arg(bytesToText(least), bytesToText(most)),
        access,
        [least, most](const QString &text) {
            auto value = bytesFromText(text);
            return value && *value >= least && *value <= most ? value : std::nullopt;
        },
        [](std::int64_t value) { return bytesToText(value); });
}

template <typename Object, typename Access>
Field<Object> oneOf(QString name, Access access, const QStringList &choices)
{
    return scalar<Object>(
        std::move(name),
        choices.join(QLatin1StringView(" or ")),
        access,
        [choices](const QString &text) {
            return choices.contains(text) ? std::optional(text) : std::nullopt;
        },
        [](const QString &value) { return value; });
}

template <typename Object, typename Access, typename Read>
Field<Object> list(QString name, QString requirement, Access access, Read read)
{
    return {
        std::move(name),
        true,
        std::move(requirement),
        [access, read](Object &object, const QStringList &items) {
            QStringList values;
            for (const QString &item : items) {
                const auto value = read(item);
                if (!value) {
                    return false;
                }
                values.append(*value);
            }
            access(object) = values;
            return true;
        },
        [access](const Object &object) { return access(object); }};
}

} // namespace freerelay::settings
