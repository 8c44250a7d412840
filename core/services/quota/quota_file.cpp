#include "quota_file.h"

#include "core/common/private_file.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

using common::ErrorKind;
using common::Result;
using quota::QuotaBook;
using quota::QuotaChargeRecord;
using quota::QuotaWindowRecord;
using quota::TokenRatioRecord;

constexpr int formatVersion = 1;
constexpr qint64 mostBytes = 16 * 1024 * 1024;
/// JSON numbers are exact up to here (RFC 8259, 6).
constexpr qint64 largestNumber = (qint64(1) << 53) - 1;
/// Later times do not fit into a time point of nanoseconds.
constexpr qint64 lastMillisecond = 9'223'372'036'854;

qint64 millisecondsOf(common::WallTime time)
{
    return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

QJsonObject objectOf(const QuotaWindowRecord &window)
{
    QJsonArray charges;
    for (const QuotaChargeRecord &charge : window.charges) {
        const qint64 amount = charge.amount;
        charges.append(QJsonArray{amount, millisecondsOf(charge.until)});
    }
    QJsonObject object{
        {u"provider"_s, QString::fromUtf8(window.provider)},
        {u"key"_s, QString::fromUtf8(window.key)},
        {u"subject"_s, QString::fromUtf8(window.subject)},
        {u"shared"_s, window.shared},
        {u"unit"_s, QString::fromUtf8(window.unit)},
        {u"period"_s, QString::fromUtf8(window.period)},
        {u"zone"_s, QString::fromUtf8(window.zone)},
        {u"charges"_s, charges},
        {u"ends_at_ms"_s, millisecondsOf(window.endsAt)},
        {u"per_minute"_s,
         QJsonArray{window.perMinute[0], window.perMinute[1], window.perMinute[2]}},
        {u"variance"_s, window.variance}};
    if (window.limit) {
        object.insert(u"limit"_s, qint64(*window.limit));
        object.insert(u"source"_s, QString::fromUtf8(window.source));
        object.insert(u"stated_at_ms"_s, millisecondsOf(window.statedAt));
    }
    if (window.blockedUntil) {
        object.insert(u"blocked_until_ms"_s, millisecondsOf(*window.blockedUntil));
    }
    return object;
}

QJsonObject objectOf(const TokenRatioRecord &ratio)
{
    return {
        {u"provider"_s, QString::fromUtf8(ratio.provider)},
        {u"key"_s, QString::fromUtf8(ratio.key)},
        {u"model"_s, QString::fromUtf8(ratio.model)},
        {u"input"_s, ratio.input},
        {u"output"_s, ratio.output},
        {u"deviation"_s, ratio.deviation}};
}

/// Takes values out of JSON and remembers whether one of them was not what it should be.
class Reader
{
public:
    [[nodiscard]] bool isGood() const { return m_good; }

    QByteArray text(const QJsonObject &object, QLatin1StringView name)
    {
        const QJsonValue value = object.value(name);
        check(value.isString());
        return value.toString().toUtf8();
    }

    qint64 number(const QJsonValue &value, qint64 most)
    {
        const qint64 number = value.toInteger(-1);
        check(number >= 0 && number <= most);
        return number;
    }

    common::WallTime time(const QJsonValue &value)
    {
        const qint64 milliseconds = number(value, lastMillisecond);
        return common::WallTime(std::chrono::milliseconds(m_good ? milliseconds : 0));
    }

    double real(const QJsonValue &value)
    {
        check(value.isDouble() && value.toDouble() >= 0);
        return value.toDouble();
    }

    void check(bool good) { m_good = m_good && good; }

private:
    bool m_good = true;
};

QuotaWindowRecord windowOf(const QJsonObject &object, Reader &reader)
{
    QuotaWindowRecord window;
    window.provider = reader.text(object, "provider"_L1);
    window.key = reader.text(object, "key"_L1);
    window.subject = reader.text(object, "subject"_L1);
    window.shared = object.value("shared"_L1).toBool();
    window.unit = reader.text(object, "unit"_L1);
    window.period = reader.text(object, "period"_L1);
    window.zone = reader.text(object, "zone"_L1);
    const QJsonArray charges = object.value("charges"_L1).toArray();
    for (const QJsonValue &charge : charges) {
        const QJsonArray pair = charge.toArray();
        window.charges.push_back(
            {reader.number(pair.at(0), largestNumber), reader.time(pair.at(1))});
    }
    window.endsAt = reader.time(object.value("ends_at_ms"_L1));
    const QJsonArray means = object.value("per_minute"_L1).toArray();
    for (std::size_t i = 0; i < window.perMinute.size(); ++i) {
        window.perMinute[i] = reader.real(means.at(qsizetype(i)));
    }
    window.variance = reader.real(object.value("variance"_L1));
    if (const QJsonValue limit = object.value("limit"_L1); !limit.isUndefined()) {
        window.limit = reader.number(limit, largestNumber);
        window.source = reader.text(object, "source"_L1);
        window.statedAt = reader.time(object.value("stated_at_ms"_L1));
    }
    if (const QJsonValue until = object.value("blocked_until_ms"_L1); !until.isUndefined()) {
        window.blockedUntil = reader.time(until);
    }
    return window;
}

TokenRatioRecord ratioOf(const QJsonObject &object, Reader &reader)
{
    return {
        reader.text(object, "provider"_L1),
        reader.text(object, "key"_L1),
        reader.text(object, "model"_L1),
        reader.real(object.value("input"_L1)),
        reader.real(object.value("output"_L1)),
        reader.real(object.value("deviation"_L1))};
}

std::optional<QuotaBook> bookOf(const QJsonObject &root)
{
    Reader reader;
    QuotaBook book;
    reader.check(root.value("version"_L1).toInt() == formatVersion);
    reader.check(root.value("windows"_L1).isArray() && root.value("ratios"_L1).isArray());
    book.takenAt = reader.time(root.value("taken_at_ms"_L1));
    const QJsonArray windows = root.value("windows"_L1).toArray();
    for (const QJsonValue &window : windows) {
        book.windows.push_back(windowOf(window.toObject(), reader));
    }
    const QJsonArray ratios = root.value("ratios"_L1).toArray();
    for (const QJsonValue &ratio : ratios) {
        book.ratios.push_back(ratioOf(ratio.toObject(), reader));
    }
    return reader.isGood() ? std::optional(std::move(book)) : std::nullopt;
}

} // namespace

Result<QuotaBook> QuotaFile::load()
{
    const Result<QByteArray> bytes = common::readTrustedFile(
        m_path, mostBytes, common::FileTrust::OwnerOnly);
    if (!bytes) {
        return bytes.error().kind == ErrorKind::NotFound
            ? Result<QuotaBook>(QuotaBook())
            : Result<QuotaBook>(common::failure(bytes.error()));
    }
    std::optional<QuotaBook> book = bookOf(QJsonDocument::fromJson(*bytes).object());
    if (!book) {
        return common::failure(
            ErrorKind::ProtocolError,
            u"%1: the file is damaged or of another version."_s.arg(m_path));
    }
    return *std::move(book);
}

Result<void> QuotaFile::save(const QuotaBook &book)
{
    QJsonArray windows;
    for (const QuotaWindowRecord &window : book.windows) {
        windows.append(objectOf(window));
    }
    QJsonArray ratios;
    for (const TokenRatioRecord &ratio : book.ratios) {
        ratios.append(objectOf(ratio));
    }
    const QJsonObject root{
        {u"version"_s, formatVersion},
        {u"taken_at_ms"_s, millisecondsOf(book.takenAt)},
        {u"windows"_s, windows},
        {u"ratios"_s, ratios}};
    return common::writePrivateFile(m_path, QJsonDocument(root).toJson(QJsonDocument::Compact));
}

Result<QString> QuotaFile::setAside(common::WallTime now) const
{
    const QString stamp = QDateTime::fromMSecsSinceEpoch(millisecondsOf(now), Qt::UTC)
                              .toString(u"yyyyMMdd'T'HHmmss'Z'"_s);
    const QString first = m_path % ".corrupt-"_L1 % stamp;
    QString aside = first;
    for (int number = 2; QFile::exists(aside); ++number) {
        aside = first % u'-' % QString::number(number);
    }
    if (!QFile::rename(m_path, aside)) {
        return common::failure(ErrorKind::StorageFailed, u"%1 cannot be renamed."_s.arg(m_path));
    }
    return QFileInfo(aside).fileName();
}

} // namespace freerelay::services
