#include "value_text.h"

#include <QHostAddress>
#include <QRegularExpression>
#include <QUrl>

#include <array>
#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::settings {

namespace {

struct Unit
{
    QLatin1StringView name;
    std::int64_t factor;
};

constexpr std::array durationUnits{
    Unit{"ms"_L1, 1}, Unit{"s"_L1, 1'000}, Unit{"min"_L1, 60'000}, Unit{"h"_L1, 3'600'000}};
constexpr std::array sizeUnits{
    Unit{""_L1, 1},
    Unit{"KiB"_L1, 1LL << 10},
    Unit{"MiB"_L1, 1LL << 20},
    Unit{"GiB"_L1, 1LL << 30}};

template <std::size_t N>
std::optional<std::int64_t> quantityFromText(QStringView text, const std::array<Unit, N> &units)
{
    static const QRegularExpression pattern(u"^(\\d{1,15}(?:\\.\\d{1,6})?) ?([A-Za-z]*)$"_s);
    const QRegularExpressionMatch match = pattern.match(text.toString());
    if (!match.hasMatch()) {
        return std::nullopt;
    }
    for (const Unit &unit : units) {
        if (match.capturedView(2) == unit.name) {
            constexpr double largest = 9e15; // beyond it a double no longer counts every integer
            const double amount = std::round(
                match.capturedView(1).toDouble() * static_cast<double>(unit.factor));
            return amount <= largest ? std::optional(static_cast<std::int64_t>(amount))
                                     : std::nullopt;
        }
    }
    return std::nullopt;
}

template <std::size_t N>
QString quantityToText(std::int64_t amount, const std::array<Unit, N> &units)
{
    const Unit *chosen = &units.front();
    for (const Unit &unit : units) {
        if (amount != 0 && amount % unit.factor == 0) {
            chosen = &unit;
        }
    }
    const QString number = QString::number(amount / chosen->factor);
    return chosen->name.isEmpty() ? number : QString(number % u' ' % chosen->name);
}

bool isBare(const QUrl &url)
{
    return url.userInfo().isEmpty() && !url.hasQuery() && !url.hasFragment();
}

} // namespace

std::optional<std::chrono::milliseconds> durationFromText(QStringView text)
{
    const auto amount = quantityFromText(text, durationUnits);
    return amount ? std::optional(std::chrono::milliseconds(*amount)) : std::nullopt;
}

QString toText(std::chrono::milliseconds duration)
{
    return quantityToText(duration.count(), durationUnits);
}

std::optional<std::int64_t> bytesFromText(QStringView text)
{
    return quantityFromText(text, sizeUnits);
}

QString bytesToText(std::int64_t bytes)
{
    return quantityToText(bytes, sizeUnits);
}

std::optional<QByteArray> baseUrlFromText(QStringView text)
{
    const QUrl url(text.toString(), QUrl::StrictMode);
    const bool spoken = url.scheme() == "http"_L1 || url.scheme() == "https"_L1;
    if (!url.isValid() || !spoken || url.host().isEmpty() || !isBare(url)) {
        return std::nullopt;
    }
    QByteArray bytes = url.toEncoded(QUrl::FullyEncoded);
    while (bytes.endsWith('/')) {
        bytes.chop(1);
    }
    return bytes;
}

std::optional<QString> hostFromText(QStringView text)
{
    static const QRegularExpression pattern(
        u"^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\\[[0-9A-Fa-f:.]{2,45}\\])(?::\\d{1,5})?$"_s);
    const QString host = text.toString();
    if (!pattern.match(host).hasMatch()) {
        return std::nullopt;
    }
    return host.toLower();
}

std::optional<QString> originFromText(QStringView text)
{
    const QUrl url(text.toString(), QUrl::StrictMode);
    const bool whole = url.isValid() && !url.scheme().isEmpty() && !url.host().isEmpty();
    if (!whole || !isBare(url) || !url.path().isEmpty()) {
        return std::nullopt;
    }
    return url.toString(QUrl::FullyEncoded);
}

std::optional<QString> listenHostFromText(QStringView text)
{
    if (text == "localhost"_L1) {
        return text.toString();
    }
    // QHostAddress also reads "127.1" and "8"; only the written-out forms are accepted here.
    QHostAddress address;
    const bool written = text.contains(u':') || text.count(u'.') == 3;
    if (!written || !address.setAddress(text.toString())) {
        return std::nullopt;
    }
    return text.toString();
}

} // namespace freerelay::settings
