#include "text_file.h"

#include "core/store/record_columns.h"
#include "core/store/record_file.h"

#include <QFile>
#include <QFileInfo>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace freerelay::store {

namespace {

using common::ErrorKind;
using common::Result;

constexpr std::int64_t version = 1;
/// Of a reader: the writer holds its lock for a batch.
constexpr std::chrono::milliseconds readerWait = 2s;

/// MEMORY: a journal or log would be a second place on the disk where texts are. NONE: pages that
/// were cut off the file's end would be given back without being overwritten.
constexpr const char *settings = R"sql(
PRAGMA auto_vacuum = NONE;
PRAGMA secure_delete = ON;
PRAGMA journal_mode = MEMORY;
PRAGMA synchronous = NORMAL;
PRAGMA temp_store = MEMORY;
)sql";

constexpr const char *tables = R"sql(
CREATE TABLE texts(
    request_id TEXT NOT NULL PRIMARY KEY,
    time_us INTEGER NOT NULL,
    prompt TEXT NOT NULL,
    prompt_cut INTEGER NOT NULL,
    answer TEXT NOT NULL,
    answer_cut INTEGER NOT NULL
) STRICT;
CREATE INDEX texts_time ON texts(time_us);
PRAGMA user_version = 1;
)sql";

Result<void> removeFiles(const QString &path)
{
    for (const auto suffix : {"-journal"_L1, ""_L1}) {
        const QString name = path % suffix;
        if (QFileInfo::exists(name) && !QFile::remove(name)) {
            return common::failure(
                ErrorKind::StorageFailed, u"The file of kept texts cannot be deleted."_s);
        }
    }
    return {};
}

/// @return false = a table of another version is in it
Result<bool> prepare(Database &database)
{
    if (const auto set = database.execute(settings); !set) {
        return common::failure(set.error());
    }
    const auto found = database.integer("PRAGMA user_version");
    if (!found) {
        return common::failure(found.error());
    }
    if (*found == version) {
        return true;
    }
    const auto others = database.integer("SELECT count(*) FROM sqlite_schema");
    if (!others) {
        return common::failure(others.error());
    }
    if (*found != 0 || *others != 0) {
        return false;
    }
    const auto made = database.execute(tables);
    return made ? Result<bool>(true) : common::failure(made.error());
}

/// Without the pages that are free.
Result<std::int64_t> usedBytes(Database &database)
{
    return database.integer("SELECT (p.page_count - f.freelist_count) * s.page_size"
                            " FROM pragma_page_count p, pragma_freelist_count f,"
                            " pragma_page_size s");
}

} // namespace

QString sentenceOfTexts(const common::Error &error)
{
    switch (error.kind) {
    case ErrorKind::Unavailable:
        return u"Another program holds the file of kept texts."_s;
    case ErrorKind::ProtocolError:
        return u"The file of kept texts is damaged."_s;
    case ErrorKind::PermissionDenied:
        return u"The file of kept texts cannot be written."_s;
    default:
        return u"The file of kept texts could not be read or written."_s;
    }
}

Result<TextFile> TextFile::open(const QString &path, std::chrono::milliseconds lockWait)
{
    const auto made = makePrivateFile(path);
    if (!made) {
        return common::failure(made.error());
    }
    auto opened = Database::open(*made, Database::Access::ReadWrite, lockWait);
    if (!opened) {
        return common::failure(opened.error());
    }
    auto database = std::make_unique<Database>(std::move(*opened));
    const auto ready = prepare(*database);
    if (!ready) {
        return common::failure(ready.error());
    }
    if (!*ready) {
        return common::failure(
            ErrorKind::ProtocolError, u"The file of kept texts is of another version."_s);
    }
    TextFile file(std::move(database));
    auto insert = file.m_database->prepare(
        "INSERT OR REPLACE INTO texts(request_id, time_us, prompt, prompt_cut, answer, answer_cut)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    if (!insert) {
        return common::failure(insert.error());
    }
    file.m_insert = std::move(*insert);
    return file;
}

Result<void> TextFile::remove(const QString &path, std::chrono::milliseconds lockWait)
{
    const QString real = realPathOf(path);
    if (!QFileInfo::exists(real)) {
        return removeFiles(real);
    }
    {
        const auto file = open(real, lockWait);
        if (file) {
            // Whether that works or not, the file goes.
            (void)file->m_database->execute("DELETE FROM texts");
        }
    }
    return removeFiles(real);
}

Result<void> TextFile::write(const std::vector<StoredTexts> &texts)
{
    auto transaction = Transaction::begin(*m_database);
    if (!transaction) {
        return common::failure(transaction.error());
    }
    for (const StoredTexts &one : texts) {
        m_insert.bindAll(
            one.requestId,
            microseconds(one.time),
            one.prompt,
            one.promptCut,
            one.answer,
            one.answerCut);
        if (auto inserted = m_insert.run(); !inserted) {
            return inserted;
        }
    }
    return transaction->commit();
}

Result<void> TextFile::shrink(common::WallTime time, std::int64_t maxBytes)
{
    auto old = m_database->prepare("DELETE FROM texts WHERE time_us < ?1");
    auto oldest = m_database->prepare("DELETE FROM texts WHERE request_id IN"
                                      " (SELECT request_id FROM texts ORDER BY time_us LIMIT 16)");
    if (!old || !oldest) {
        return common::failure((old ? oldest : old).error());
    }
    old->bindAll(microseconds(time));
    if (auto done = old->run(); !done) {
        return done;
    }
    for (;;) {
        const auto used = usedBytes(*m_database);
        if (!used) {
            return common::failure(used.error());
        }
        if (*used <= maxBytes) {
            return {};
        }
        if (auto done = oldest->run(); !done) {
            return done;
        }
        if (m_database->changes() == 0) {
            return {}; // an empty file has a size, too
        }
    }
}

Result<std::int64_t> TextFile::count()
{
    return m_database->integer("SELECT count(*) FROM texts");
}

Result<std::optional<common::WallTime>> TextFile::oldest()
{
    auto statement = m_database->prepare("SELECT min(time_us) FROM texts");
    if (!statement) {
        return common::failure(statement.error());
    }
    const Result<bool> row = statement->step();
    if (!row) {
        return common::failure(row.error());
    }
    const auto time = statement->optionalInteger(0);
    return time ? std::optional(wallTime(*time)) : std::nullopt;
}

Result<StoredTexts> readTexts(const QString &path, const QByteArray &requestId)
{
    const auto none = [] {
        return common::failure(ErrorKind::NotFound, u"The texts of this request are not kept."_s);
    };
    const QString real = realPathOf(path);
    if (!QFileInfo::exists(real)) {
        return none();
    }
    auto database = Database::open(real, Database::Access::ReadOnly, readerWait);
    if (!database) {
        return common::failure(database.error());
    }
    const auto found = database->integer("PRAGMA user_version");
    if (!found || *found != version) {
        return found ? none() : common::failure(found.error());
    }
    auto statement = database->prepare(
        "SELECT time_us, prompt, prompt_cut, answer, answer_cut FROM texts WHERE request_id = ?1");
    if (!statement) {
        return common::failure(statement.error());
    }
    statement->bindAll(requestId);
    const Result<bool> row = statement->step();
    if (!row) {
        return common::failure(row.error());
    }
    if (!*row) {
        return none();
    }
    return StoredTexts{
        requestId,
        wallTime(statement->integer(0)),
        statement->text(1),
        statement->integer(2) != 0,
        statement->text(3),
        statement->integer(4) != 0};
}

} // namespace freerelay::store
