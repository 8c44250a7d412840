#include "audit_checkpoint.h"

#include "core/store/audit/audit_tail.h"
#include "core/store/audit/canonical_json.h"

#include <QJsonDocument>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::store {

using common::ErrorKind;
using common::Result;

Result<QByteArray> auditCheckpoint(const QString &folder)
{
    const auto tail = readAuditTail(folder);
    if (!tail) {
        return common::failure(tail.error());
    }
    if (tail->segment == 0) {
        return common::failure(
            ErrorKind::NotFound, u"There is no audit trail in “%1”."_s.arg(folder));
    }
    return CanonicalObject()
        .text("hash", tail->head.hash.toHex())
        .number("n", std::int64_t(tail->head.n))
        .textIfAny("time", tail->time)
        .toJson();
}

Result<std::vector<ChainHead>> checkpointsFrom(const QByteArray &text)
{
    std::vector<ChainHead> heads;
    for (const QByteArray &line : text.split('\n')) {
        if (line.trimmed().isEmpty()) {
            continue;
        }
        const QJsonObject object = QJsonDocument::fromJson(line).object();
        const qint64 n = object.value("n"_L1).toInteger();
        const auto hash = fromHex(object.value("hash"_L1).toString().toLatin1(), common::hashBytes);
        if (n <= 0 || !hash) {
            return common::failure(
                ErrorKind::InvalidArgument,
                u"That is no checkpoint, as “freerelay audit head” prints one."_s);
        }
        heads.push_back({std::uint64_t(n), *hash});
    }
    if (heads.empty()) {
        return common::failure(
            ErrorKind::InvalidArgument, u"There is no checkpoint in the file."_s);
    }
    return heads;
}

} // namespace freerelay::store
