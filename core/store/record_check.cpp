#include "record_check.h"

#include "core/store/database.h"
#include "core/store/record_columns.h"
#include "core/store/schema.h"

#include <QFileInfo>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace freerelay::store {

using common::ErrorKind;
using common::Result;

namespace {

constexpr std::chrono::milliseconds lockWait = 2s;

Result<void> readCounts(Database &database, RecordFileState &state)
{
    const auto count = database.integer("SELECT count(*) FROM requests");
    const auto newest = count ? database.integer("SELECT max(time_us) FROM requests") : count;
    if (!newest) {
        return common::failure(newest.error());
    }
    state.requests = *count;
    if (*count > 0) {
        state.newest = wallTime(*newest);
    }
    return {};
}

} // namespace

Result<RecordFileState> checkRecordFile(const QString &path)
{
    const QFileInfo info(path);
    if (!info.exists()) {
        return common::failure(ErrorKind::NotFound, u"Nothing has been recorded yet."_s);
    }
    const QString real = QFileInfo(info.absolutePath()).canonicalFilePath() % u'/'
        % info.fileName();
    auto database = Database::open(real, Database::Access::ReadOnly, lockWait);
    if (!database) {
        return common::failure(database.error());
    }
    RecordFileState state;
    state.newestVersion = migrations().back().version;
    state.bytes = info.size() + QFileInfo(path % "-wal"_L1).size();
    const auto version = database->integer("PRAGMA user_version");
    if (!version) {
        return common::failure(version.error());
    }
    state.version = int(*version);
    auto check = database->prepare("PRAGMA integrity_check(1)");
    const Result<bool> row = check ? check->step() : common::failure(check.error());
    if (!row && row.error().kind != ErrorKind::ProtocolError) {
        return common::failure(row.error());
    }
    const QByteArray verdict = row ? check->text(0) : row.error().detail.toUtf8();
    if (verdict != "ok") {
        state.damage = verdict;
        return state;
    }
    if (state.version > 0) {
        if (const auto counted = readCounts(*database, state); !counted) {
            return common::failure(counted.error());
        }
    }
    return state;
}

} // namespace freerelay::store
