#include "database.h"

#include <QFile>

#include <sqlite3.h>

#include <cerrno>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::store {

namespace {

using common::ErrorKind;
using common::Result;

/// Steps of the virtual machine between two questions whether to stop: about a millisecond.
constexpr int stepsBetweenQuestions = 10'000;

struct Meaning
{
    ErrorKind kind;
    QString sentence;
};

Meaning meaningOf(int code)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {ErrorKind::Unavailable, u"Another program holds the records file."_s};
    case SQLITE_INTERRUPT:
        return {ErrorKind::Cancelled, u"Reading or writing records was interrupted."_s};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return {ErrorKind::ProtocolError, u"The records file is damaged."_s};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
        return {ErrorKind::PermissionDenied, u"The records file cannot be written."_s};
    case SQLITE_FULL:
        return {ErrorKind::StorageFailed, u"The disk is full."_s};
    case SQLITE_IOERR:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
        return {ErrorKind::StorageFailed, u"The records file could not be read or written."_s};
    default:
        return {ErrorKind::Internal, u"A record could not be stored."_s};
    }
}

/// Not every part of SQLite tells a full disk from a broken one.
bool isForWantOfSpace(sqlite3 *handle, int code)
{
    const int error = handle != nullptr && (code & 0xff) == SQLITE_IOERR
        ? sqlite3_system_errno(handle)
        : 0;
    return error == ENOSPC || error == EDQUOT;
}

tl::unexpected<common::Error> failureOf(sqlite3 *handle, int code)
{
    Meaning meaning = meaningOf(isForWantOfSpace(handle, code) ? SQLITE_FULL : code);
    const int extended = handle != nullptr ? sqlite3_extended_errcode(handle) : code;
    const QString words = handle != nullptr ? QString::fromUtf8(sqlite3_errmsg(handle))
                                            : QString::fromLatin1(sqlite3_errstr(code));
    common::Error error{meaning.kind, std::move(meaning.sentence)};
    error.detail = u"SQLite %1: %2"_s.arg(extended).arg(words);
    return common::failure(std::move(error));
}

sqlite3 *connectionOf(sqlite3_stmt *statement)
{
    return sqlite3_db_handle(statement);
}

} // namespace

void Statement::Finalizer::operator()(sqlite3_stmt *handle) const
{
    sqlite3_finalize(handle);
}

void Statement::bind(int index, std::int64_t value)
{
    sqlite3_bind_int64(m_handle.get(), index, value);
}

void Statement::bind(int index, QByteArrayView text)
{
    // A null pointer would be NULL; an empty text is a text.
    const char *bytes = text.isEmpty() ? "" : text.data();
    sqlite3_bind_text(m_handle.get(), index, bytes, int(text.size()), SQLITE_STATIC);
}

void Statement::bind(int index, const std::optional<std::int64_t> &value)
{
    if (value) {
        bind(index, *value);
    } else {
        bindNull(index);
    }
}

void Statement::bindBlob(int index, QByteArrayView bytes)
{
    sqlite3_bind_blob(m_handle.get(), index, bytes.data(), int(bytes.size()), SQLITE_STATIC);
}

void Statement::bindNull(int index)
{
    sqlite3_bind_null(m_handle.get(), index);
}

void Statement::bindColumn(int index, const Statement &from, int column)
{
    sqlite3_bind_value(m_handle.get(), index, sqlite3_column_value(from.m_handle.get(), column));
}

Result<bool> Statement::step()
{
    const int code = sqlite3_step(m_handle.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        return false;
    }
    auto error = failureOf(connectionOf(m_handle.get()), code);
    reset();
    return error;
}

Result<void> Statement::run()
{
    for (;;) {
        const Result<bool> row = step();
        if (!row) {
            return common::failure(row.error());
        }
        if (!*row) {
            reset();
            return {};
        }
    }
}

void Statement::reset()
{
    sqlite3_reset(m_handle.get());
}

std::int64_t Statement::integer(int column) const
{
    return sqlite3_column_int64(m_handle.get(), column);
}

std::optional<std::int64_t> Statement::optionalInteger(int column) const
{
    return isNull(column) ? std::nullopt : std::optional(integer(column));
}

std::optional<double> Statement::optionalReal(int column) const
{
    return isNull(column) ? std::nullopt
                          : std::optional(sqlite3_column_double(m_handle.get(), column));
}

QByteArray Statement::text(int column) const
{
    const void *bytes = sqlite3_column_blob(m_handle.get(), column);
    const int size = sqlite3_column_bytes(m_handle.get(), column);
    return QByteArray(static_cast<const char *>(bytes), size);
}

bool Statement::isNull(int column) const
{
    return sqlite3_column_type(m_handle.get(), column) == SQLITE_NULL;
}

void Database::Closer::operator()(sqlite3 *handle) const
{
    sqlite3_close_v2(handle);
}

Result<Database>
Database::open(const QString &path, Access access, std::chrono::milliseconds busyTimeout)
{
    const int flags = (access == Access::ReadWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY)
        | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_PRIVATECACHE;
    sqlite3 *handle = nullptr;
    const int code = sqlite3_open_v2(QFile::encodeName(path).constData(), &handle, flags, nullptr);
    Database database;
    database.m_handle.reset(handle);
    if (code != SQLITE_OK) {
        return failureOf(handle, code);
    }
    // SQLite falls back to reading when it may not write.
    if (access == Access::ReadWrite && sqlite3_db_readonly(handle, "main") == 1) {
        return failureOf(nullptr, SQLITE_READONLY);
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, int(busyTimeout.count()));
    return database;
}

Result<void> Database::execute(const char *sql)
{
    const int code = sqlite3_exec(m_handle.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        return failureOf(m_handle.get(), code);
    }
    return {};
}

Result<Statement> Database::prepare(QByteArrayView sql)
{
    sqlite3_stmt *handle = nullptr;
    const int code = sqlite3_prepare_v3(
        m_handle.get(), sql.data(), int(sql.size()), SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    if (code != SQLITE_OK) {
        return failureOf(m_handle.get(), code);
    }
    return Statement(handle);
}

Result<std::int64_t> Database::integer(QByteArrayView sql)
{
    auto statement = prepare(sql);
    if (!statement) {
        return common::failure(statement.error());
    }
    const Result<bool> row = statement->step();
    if (!row) {
        return common::failure(row.error());
    }
    return *row ? statement->integer(0) : 0;
}

std::int64_t Database::lastInsertId() const
{
    return sqlite3_last_insert_rowid(m_handle.get());
}

std::int64_t Database::changes() const
{
    return sqlite3_changes64(m_handle.get());
}

bool Database::hasMoved() const
{
    int moved = 0;
    sqlite3_file_control(m_handle.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved != 0;
}

void Database::interruptWhen(std::function<bool()> stop)
{
    m_stop = std::make_unique<std::function<bool()>>(std::move(stop));
    sqlite3_progress_handler(
        m_handle.get(),
        stepsBetweenQuestions,
        [](void *context) -> int { return (*static_cast<std::function<bool()> *>(context))(); },
        m_stop.get());
}

Result<Transaction> Transaction::begin(Database &database)
{
    if (const auto begun = database.execute("BEGIN IMMEDIATE"); !begun) {
        return common::failure(begun.error());
    }
    return Transaction(database);
}

Transaction::~Transaction()
{
    if (m_database != nullptr) {
        // Some errors have rolled back already; then this one fails, and that is all right.
        (void)m_database->execute("ROLLBACK");
    }
}

Result<void> Transaction::commit()
{
    auto committed = m_database->execute("COMMIT");
    if (committed) {
        m_database = nullptr;
    }
    return committed;
}

} // namespace freerelay::store
