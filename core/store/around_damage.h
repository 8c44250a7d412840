#pragma once

#include "core/store/database.h"

#include <QByteArray>
#include <QList>

#include <cstdint>
#include <functional>
#include <optional>

namespace freerelay::store {

/// Whether the file or the disk is at fault, not the statement.
[[nodiscard]] bool isDamage(const common::Error &error);

/// "a, b, c".
[[nodiscard]] QByteArray joinedNames(const QList<QByteArray> &names);

/// Told each row: its id, then the columns.
using TakeRow = std::function<common::Result<void>(const Statement &, std::int64_t id)>;

/// Reads the rows of a table by their ids, around the pages that cannot be read. One thread, that
/// of the database.
class AroundDamage
{
public:
    AroundDamage(Database &database, QByteArray table, const QList<QByteArray> &columns);

    /// @param take  its failure ends the reading
    [[nodiscard]] common::Result<void> readAll(const TakeRow &take);
    [[nodiscard]] bool hasGaps() const { return m_gaps; }

private:
    /// From one end of an open interval towards the other until its end or a page that is damaged.
    /// @return the last id that was read; nullopt = the interval was read to its end
    [[nodiscard]] common::Result<std::optional<std::int64_t>>
    read(std::int64_t above, std::int64_t below, bool down, const TakeRow &take);
    [[nodiscard]] common::Result<std::optional<std::int64_t>>
    firstBehind(std::int64_t id, std::int64_t end);
    [[nodiscard]] std::int64_t highestId();

    Database &m_database;
    QByteArray m_select;
    QByteArray m_table;
    bool m_gaps = false;
};

} // namespace freerelay::store
