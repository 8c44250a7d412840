#include "audit_tail.h"

#include <QFile>
#include <QJsonDocument>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::store {

namespace {

using common::ErrorKind;
using common::Result;

Result<QByteArray> readSegment(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        common::Error error{
            ErrorKind::PermissionDenied, u"The audit trail cannot be read."_s, file.errorString()};
        return common::failure(std::move(error));
    }
    QByteArray content = file.readAll();
    if (file.error() != QFileDevice::NoError) {
        common::Error error{
            ErrorKind::StorageFailed, u"The audit trail cannot be read."_s, file.errorString()};
        return common::failure(std::move(error));
    }
    return content;
}

/// Up to and with the last line of `content` that agrees with itself.
std::optional<std::pair<qsizetype, AuditLink>> lastGoodLine(QByteArrayView content)
{
    qsizetype end = content.lastIndexOf('\n');
    while (end >= 0) {
        const qsizetype before = end == 0 ? -1 : content.first(end).lastIndexOf('\n');
        if (const auto link = consistentLink(content.sliced(before + 1, end - before - 1))) {
            return std::pair(end + 1, *link);
        }
        end = before;
    }
    return std::nullopt;
}

} // namespace

std::optional<AuditLink> consistentLink(QByteArrayView line)
{
    const auto parts = auditLineFrom(line);
    if (!parts) {
        return std::nullopt;
    }
    const QJsonObject record = QJsonDocument::fromJson(parts->record).object();
    const qint64 n = record.value("n"_L1).toInteger();
    const auto previous = fromHex(record.value("prev"_L1).toString().toLatin1(), common::hashBytes);
    if (n <= 0 || !previous || chainHash(*previous, parts->record) != parts->hash) {
        return std::nullopt;
    }
    return AuditLink{std::uint64_t(n), *previous, {std::uint64_t(n), parts->hash}, record};
}

Result<AuditTail> readAuditTail(const QString &folder)
{
    AuditTail tail;
    std::vector<int> numbers = segmentNumbers(folder);
    for (; !numbers.empty(); numbers.pop_back()) {
        const int number = numbers.back();
        const auto content = readSegment(folder % u'/' % segmentName(number));
        if (!content) {
            return common::failure(content.error());
        }
        const auto good = lastGoodLine(*content);
        tail.torn.prepend(content->mid(good ? good->first : 0));
        if (good) {
            tail.segment = number;
            tail.size = good->first;
            tail.head = good->second.head;
            tail.time = good->second.record.value("time"_L1).toString().toLatin1();
            break;
        }
        tail.removedFrom = number;
    }
    tail.tornLines = tail.torn.count('\n');
    return tail;
}

} // namespace freerelay::store
