#include "quota_json.h"

#include <QJsonArray>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::interfaces {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;

QString timeText(const QDateTime &time)
{
    return time.toUTC().toString(Qt::ISODateWithMs);
}

QJsonValue orNull(const std::optional<qint64> &number)
{
    return number ? QJsonValue(*number) : QJsonValue(QJsonValue::Null);
}

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

QJsonValue orNull(const std::optional<QDateTime> &time)
{
    return time ? QJsonValue(timeText(*time)) : QJsonValue(QJsonValue::Null);
}

QString scopeOf(const QuotaWindowFigures &window)
{
    if (!window.shared) {
        return u"model"_s;
    }
    return window.subject.isEmpty() ? u"provider"_s : u"pool"_s;
}

QJsonObject toJson(const QuotaWindowFigures &window)
{
    const bool known = window.limit.has_value();
    return {
        {u"key_fingerprint"_s, orNull(window.key)},
        {u"scope"_s, scopeOf(window)},
        {u"subject"_s, orNull(window.subject)},
        {u"window"_s, window.window},
        {u"unit"_s, window.unit},
        {u"period"_s, window.period},
        {u"used"_s, window.used},
        {u"limit"_s, orNull(window.limit)},
        {u"remaining"_s, orNull(window.remaining)},
        {u"blocked"_s, window.blocked},
        {u"soft"_s, window.soft},
        {u"source"_s, orNull(window.source)},
        {u"age_s"_s, window.age ? QJsonValue(qint64(window.age->count())) : QJsonValue()},
        {u"confidence"_s, known ? QJsonValue(window.confidence) : QJsonValue()},
        {u"resets_at"_s, orNull(window.resetsAt)},
        {u"empty_at"_s, orNull(window.emptyAt)},
        {u"forecast"_s, orNull(window.forecast)}};
}

QJsonObject toJson(const CoolDownFigures &rest)
{
    return {
        {u"key_fingerprint"_s, orNull(rest.key)},
        {u"model"_s, orNull(rest.model)},
        {u"reason"_s, rest.reason},
        {u"detail"_s, orNull(rest.detail)},
        {u"until"_s, timeText(rest.until)},
        {u"only_advice"_s, rest.onlyAdvice}};
}

std::optional<QDateTime> usedUpUntil(const QuotaOutlook &outlook, const QByteArray &provider)
{
    for (const UsedUpProvider &one : outlook.usedUp) {
        if (one.id == provider) {
            return one.until;
        }
    }
    return std::nullopt;
}

QJsonObject toJson(const ProviderQuota &provider, const QuotaOutlook &outlook)
{
    QJsonArray windows;
    for (const QuotaWindowFigures &window : provider.windows) {
        windows.append(toJson(window));
    }
    QJsonArray coolDowns;
    for (const CoolDownFigures &rest : provider.coolDowns) {
        coolDowns.append(toJson(rest));
    }
    return {
        {u"provider"_s, QString::fromUtf8(provider.id)},
        {u"name"_s, provider.name},
        {u"used_up_until"_s, orNull(usedUpUntil(outlook, provider.id))},
        {u"windows"_s, windows},
        {u"cool_downs"_s, coolDowns}};
}

} // namespace

QJsonObject toJson(const QuotaFigures &figures, const QString &provider)
{
    QJsonArray providers;
    for (const ProviderQuota &one : figures.providers) {
        if (provider.isEmpty() || provider.toUtf8() == one.id) {
            providers.append(toJson(one, figures.outlook));
        }
    }
    QJsonArray next;
    for (const NextProvider &one : figures.outlook.next) {
        next.append(QJsonObject{
            {u"provider"_s, QString::fromUtf8(one.id)},
            {u"name"_s, one.name},
            {u"model"_s, one.model}});
    }
    return {
        {u"object"_s, u"list"_s},
        {u"taken_at"_s, timeText(figures.takenAt)},
        {u"data"_s, providers},
        {u"next"_s, next}};
}

Result<QString> parseQuotaQuery(const Parameters &parameters)
{
    std::optional<QString> provider;
    for (const auto &[name, value] : parameters) {
        if (name != "provider"_L1) {
            return failure(
                ErrorKind::InvalidArgument,
                u"There is no parameter “%1” here. There is: provider."_s.arg(name),
                name);
        }
        if (provider) {
            return failure(
                ErrorKind::InvalidArgument, u"“%1” is given more than once."_s.arg(name), name);
        }
        provider = value;
    }
    return provider.value_or(QString());
}

} // namespace freerelay::interfaces
