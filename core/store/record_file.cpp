#include "record_file.h"

#include "core/common/private_file.h"
#include "core/store/schema.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::store {

namespace {

using common::ErrorKind;
using common::Result;

constexpr QFile::Permissions ownerOnly = QFile::ReadOwner | QFile::WriteOwner;

/// auto_vacuum must be there before the first table. NORMAL: the end of the process loses nothing
/// that was committed, a power failure perhaps the last batches, and neither damages the file.
constexpr const char *settings = R"sql(
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA journal_size_limit = 16777216;
PRAGMA temp_store = MEMORY;
)sql";

tl::unexpected<common::Error> cannotWrite(const QString &detail)
{
    common::Error error{ErrorKind::PermissionDenied, u"The records file cannot be written."_s};
    error.detail = detail;
    return common::failure(std::move(error));
}

/// SQLite would make it readable for everybody; its log files take over the mode of this one.
Result<void> makePrivate(const QString &path)
{
    QFile file(path);
    if (!file.exists()) {
        if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly, ownerOnly)) {
            return cannotWrite(file.errorString());
        }
        file.close();
    }
    if (!file.setPermissions(ownerOnly)) {
        return cannotWrite(file.errorString());
    }
    return {};
}

} // namespace

QString realPathOf(const QString &path)
{
    const QFileInfo info(path);
    return QFileInfo(info.absolutePath()).canonicalFilePath() % u'/' % info.fileName();
}

Result<QString> makePrivateFile(const QString &path)
{
    if (const auto folder = common::ensurePrivateFolder(QFileInfo(path).absolutePath()); !folder) {
        return cannotWrite(folder.error().message);
    }
    const QString real = realPathOf(path);
    return makePrivate(real).map([&real] { return real; });
}

Result<Database> openRecordFile(const QString &path, std::chrono::milliseconds busyTimeout)
{
    const auto made = makePrivateFile(path);
    if (!made) {
        return common::failure(made.error());
    }
    const QString &real = *made;
    auto database = Database::open(real, Database::Access::ReadWrite, busyTimeout);
    if (!database) {
        return database;
    }
    if (const auto set = database->execute(settings); !set) {
        return common::failure(set.error());
    }
    if (const auto migrated = migrate(*database, real, migrations()); !migrated) {
        return common::failure(migrated.error());
    }
    return database;
}

Result<QString> setAside(const QString &path, common::WallTime now)
{
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(
        now.time_since_epoch());
    const QString stamp = QDateTime::fromMSecsSinceEpoch(milliseconds.count(), Qt::UTC)
                              .toString(u"yyyyMMdd'T'HHmmss'Z'"_s);
    QString aside = path % ".corrupt-"_L1 % stamp;
    for (int number = 2; QFile::exists(aside); ++number) {
        aside = path % ".corrupt-"_L1 % stamp % u'-' % QString::number(number);
    }
    // The log first: beside a fresh file it would be taken for its own.
    for (const auto suffix : {"-wal"_L1, "-shm"_L1, ""_L1}) {
        const QString from = path % suffix;
        if (QFile::exists(from) && !QFile::rename(from, aside % suffix)) {
            return common::failure(
                ErrorKind::StorageFailed, u"The damaged records file cannot be set aside."_s);
        }
    }
    return QFileInfo(aside).fileName();
}

} // namespace freerelay::store
