#include "account_page.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

using Number = std::optional<std::int64_t>;
enum class Rounding : std::uint8_t { Down, Up };

constexpr qsizetype mostBytes = 64 * 1024;
/// JSON numbers are exact up to here (RFC 8259, 6).
constexpr double largestNumber = 9'007'199'254'740'992;

/// The value at a dotted path; undefined when there is none.
QJsonValue valueAt(const QJsonObject &root, const QByteArray &path)
{
    QJsonValue value = root;
    for (const QByteArray &step : path.split('.')) {
        value = value.toObject().value(QString::fromUtf8(step));
    }
    return value;
}

Number numberAt(const QJsonObject &root, const QByteArray &path, Rounding rounding)
{
    const double value = path.isEmpty() ? -1 : valueAt(root, path).toDouble(-1);
    if (!(value >= 0 && value <= largestNumber)) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(
        rounding == Rounding::Up ? std::ceil(value) : std::floor(value));
}

/// An account whose balance is negative has nothing left.
Number leftAt(const QJsonObject &root, const QByteArray &path)
{
    const bool isDebt = !path.isEmpty() && valueAt(root, path).toDouble() < 0;
    return isDebt ? Number(0) : numberAt(root, path, Rounding::Up);
}

/// What the flag means, when it is there.
Number limitOfTier(const QJsonObject &root, const AccountWindow &window)
{
    if (window.freeTier.isEmpty()) {
        return std::nullopt;
    }
    const QJsonValue flag = valueAt(root, window.freeTier);
    if (!flag.isBool()) {
        return std::nullopt;
    }
    return flag.toBool() ? window.freeTierLimit : window.paidTierLimit;
}

std::optional<QuotaPeriod> periodOf(const QJsonObject &root, const AccountWindow &window)
{
    if (window.period || window.periodPath.isEmpty()) {
        return window.period;
    }
    const QJsonValue told = valueAt(root, window.periodPath);
    if (told.isNull() || told.isUndefined()) {
        return QuotaPeriod::Total;
    }
    if (told == "daily"_L1) {
        return QuotaPeriod::Day;
    }
    return told == "monthly"_L1 ? std::optional(QuotaPeriod::Month) : std::nullopt;
}

std::optional<AccountFact> factOf(const QJsonObject &root, const AccountWindow &window)
{
    const std::optional<QuotaPeriod> period = periodOf(root, window);
    QuotaFact fact;
    fact.unit = window.unit;
    fact.period = period;
    fact.limit = numberAt(root, window.limit, Rounding::Up);
    fact.used = numberAt(root, window.used, Rounding::Down);
    fact.remaining = leftAt(root, window.remaining);
    if (!fact.limit) {
        fact.limit = limitOfTier(root, window);
    }
    if (!period || !(fact.limit || fact.used || fact.remaining)) {
        return std::nullopt;
    }
    return AccountFact{window.pool, fact};
}

} // namespace

common::Result<std::vector<AccountFact>>
parseAccountPage(const Provider &provider, QByteArrayView bytes)
{
    const QString who = QString::fromUtf8(provider.name);
    if (bytes.size() > mostBytes) {
        return common::failure(
            common::ErrorKind::TooLarge, u"The account page of %1 is too large."_s.arg(who));
    }
    const QJsonObject root
        = QJsonDocument::fromJson(QByteArray::fromRawData(bytes.data(), bytes.size())).object();
    std::vector<AccountFact> facts;
    for (const AccountWindow &window : provider.quota.account.windows) {
        if (const auto fact = factOf(root, window)) {
            facts.push_back(*fact);
        }
    }
    if (facts.empty()) {
        return common::failure(
            common::ErrorKind::ProtocolError,
            u"The account page of %1 tells nothing of its quotas."_s.arg(who));
    }
    return facts;
}

} // namespace freerelay::catalog
