#include "audit_format.h"

#include <QDir>
#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <cstdio>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::store {

namespace {

constexpr QByteArrayView lineBegin(R"({"hash":")");
constexpr QByteArrayView lineMiddle(R"(","record":)");
constexpr qsizetype hexDigits = 2 * common::hashBytes;

} // namespace

QByteArray chainHash(const QByteArray &previous, QByteArrayView record)
{
    return common::Sha256().add(QByteArrayView("\0", 1)).add(previous).add(record).finish();
}

QByteArray auditLine(const QByteArray &hash, QByteArrayView record)
{
    QByteArray line;
    line.reserve(lineBegin.size() + hexDigits + lineMiddle.size() + record.size() + 2);
    line += lineBegin;
    line += hash.toHex();
    line += lineMiddle;
    line += record;
    line += '}';
    return line;
}

std::optional<AuditLine> auditLineFrom(QByteArrayView line)
{
    constexpr qsizetype recordAt = lineBegin.size() + hexDigits + lineMiddle.size();
    const bool framed = line.size() > recordAt + 2 && line.startsWith(lineBegin)
        && line.sliced(lineBegin.size() + hexDigits).startsWith(lineMiddle) && line.endsWith("}}");
    if (!framed) {
        return std::nullopt;
    }
    auto hash = fromHex(line.sliced(lineBegin.size(), hexDigits), common::hashBytes);
    if (!hash) {
        return std::nullopt;
    }
    return AuditLine{*std::move(hash), line.sliced(recordAt).chopped(1).toByteArray()};
}

QByteArray headMessage(const ChainHead &head, QByteArrayView time)
{
    QByteArray message = "freerelay audit head 1\n"_ba;
    message += QByteArray::number(qulonglong(head.n));
    message += '\n';
    message += head.hash.toHex();
    message += '\n';
    message += time;
    message += '\n';
    return message;
}

QByteArray auditTime(common::WallTime time)
{
    using namespace std::chrono;
    const auto exact = floor<microseconds>(time);
    const auto day = floor<days>(exact);
    const year_month_day date(day);
    const hh_mm_ss<microseconds> clock(exact - day);
    std::array<char, 40> text{};
    const int length = std::snprintf(
        text.data(),
        text.size(),
        "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
        int(date.year()),
        unsigned(date.month()),
        unsigned(date.day()),
        int(clock.hours().count()),
        int(clock.minutes().count()),
        int(clock.seconds().count()),
        int(clock.subseconds().count()));
    return {text.data(), length};
}

std::optional<QByteArray> fromHex(QByteArrayView digits, qsizetype count)
{
    const bool clean = digits.size() == 2 * count
        && std::all_of(digits.begin(), digits.end(), [](char c) {
                           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                       });
    return clean ? std::optional(QByteArray::fromHex(digits.toByteArray())) : std::nullopt;
}

QString segmentName(int number)
{
    return u"audit-%1.jsonl"_s.arg(number, 6, 10, QChar(u'0'));
}

std::vector<int> segmentNumbers(const QString &folder)
{
    static const QRegularExpression pattern(u"^audit-([0-9]{6,9})\\.jsonl$"_s);
    std::vector<int> numbers;
    const QStringList names = QDir(folder).entryList(
        {u"audit-*.jsonl"_s}, QDir::Files | QDir::Hidden | QDir::System);
    for (const QString &name : names) {
        const int number = pattern.match(name).captured(1).toInt();
        if (number > 0 && segmentName(number) == name) {
            numbers.push_back(number);
        }
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

} // namespace freerelay::store
