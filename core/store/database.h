#pragma once

#include "core/common/result.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

struct sqlite3;
struct sqlite3_stmt;

namespace freerelay::store {

/// A prepared statement. Bound texts are not copied: they must live until the last step. One
/// thread, that of its Database.
class Statement
{
public:
    Statement() = default;
    explicit Statement(sqlite3_stmt *handle)
        : m_handle(handle)
    { }

    /// Binds all parameters, in order, from ?1 on.
    template <typename... Values> void bindAll(const Values &...values)
    {
        int index = 0;
        (bind(++index, values), ...);
    }
    void bind(int index, std::int64_t value);
    void bind(int index, int value) { bind(index, std::int64_t(value)); }
    void bind(int index, bool value) { bind(index, std::int64_t(value)); }
    void bind(int index, QByteArrayView text);
    void bind(int index, const QByteArray &text) { bind(index, QByteArrayView(text)); }
    void bind(int index, const std::optional<std::int64_t> &value);
    void bindBlob(int index, QByteArrayView bytes);
    void bindNull(int index);
    /// A copy of what `from` has in a column of its row.
    void bindColumn(int index, const Statement &from, int column);

    /// @return true = a row is there, false = done; see Database for the errors
    [[nodiscard]] common::Result<bool> step();
    /// Steps to the end and makes ready for the next use.
    [[nodiscard]] common::Result<void> run();
    void reset();

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::optional<std::int64_t> optionalInteger(int column) const;
    [[nodiscard]] std::optional<double> optionalReal(int column) const;
    [[nodiscard]] QByteArray text(int column) const;
    [[nodiscard]] bool isNull(int column) const;

private:
    struct Finalizer
    {
        void operator()(sqlite3_stmt *handle) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalizer> m_handle;
};

/// One connection to a SQLite file. One thread at a time.
///
/// Errors by kind: Unavailable = somebody else holds a lock; ProtocolError = the file is damaged
/// or no database; PermissionDenied = it cannot be opened or written; StorageFailed = the disk is
/// full or broken; Cancelled = see interruptWhen(); Internal = the statement itself. The message is
/// a sentence without paths, the detail is SQLite's own.
class Database
{
public:
    enum class Access { ReadWrite, ReadOnly };

    /// Opens an existing file; the last part of the path must not be a link.
    /// @param busyTimeout  how long to wait for somebody else's lock
    [[nodiscard]] static common::Result<Database>
    open(const QString &path, Access access, std::chrono::milliseconds busyTimeout);

    /// Runs one or several statements without parameters or results.
    [[nodiscard]] common::Result<void> execute(const char *sql);
    [[nodiscard]] common::Result<Statement> prepare(QByteArrayView sql);
    /// The first column of the first row of `sql`.
    [[nodiscard]] common::Result<std::int64_t> integer(QByteArrayView sql);
    [[nodiscard]] std::int64_t lastInsertId() const;
    /// Rows that the last INSERT, UPDATE or DELETE touched.
    [[nodiscard]] std::int64_t changes() const;
    /// Whether the file was renamed or deleted since it was opened.
    [[nodiscard]] bool hasMoved() const;
    /// `stop` is asked every few thousand steps of a long statement; true ends it with Cancelled.
    void interruptWhen(std::function<bool()> stop);

private:
    struct Closer
    {
        void operator()(sqlite3 *handle) const;
    };

    Database() = default;

    /// Before m_handle: the connection holds a pointer to it.
    std::unique_ptr<std::function<bool()>> m_stop;
    std::unique_ptr<sqlite3, Closer> m_handle;
};

/// BEGIN IMMEDIATE, and a rollback unless committed.
class Transaction
{
public:
    [[nodiscard]] static common::Result<Transaction> begin(Database &database);
    ~Transaction();
    Transaction(Transaction &&other) noexcept
        : m_database(std::exchange(other.m_database, nullptr))
    { }
    Transaction &operator=(Transaction &&) = delete;
    Transaction(const Transaction &) = delete;
    Transaction &operator=(const Transaction &) = delete;
    [[nodiscard]] common::Result<void> commit();

private:
    explicit Transaction(Database &database)
        : m_database(&database)
    { }
    Database *m_database;
};

} // namespace freerelay::store
