#include "around_damage.h"

namespace freerelay::store {

using common::ErrorKind;
using common::Result;

bool isDamage(const common::Error &error)
{
    return error.kind == ErrorKind::ProtocolError || error.kind == ErrorKind::StorageFailed;
}

QByteArray joinedNames(const QList<QByteArray> &names)
{
    return names.join(", ");
}

AroundDamage::AroundDamage(Database &database, QByteArray table, const QList<QByteArray> &columns)
    : m_database(database)
    , m_select(
          "SELECT id, " + joinedNames(columns) + " FROM " + table
          + " WHERE id > ?1 AND id < ?2"
            " ORDER BY id")
    , m_table(std::move(table))
{ }

std::int64_t AroundDamage::highestId()
{
    const auto highest = m_database.integer(QByteArray("SELECT max(id) FROM " + m_table));
    if (highest) {
        return *highest;
    }
    // The last page is damaged: as far as any known file goes.
    constexpr std::int64_t farAway = std::int64_t(1) << 40;
    m_gaps = true;
    return farAway;
}

Result<std::optional<std::int64_t>>
AroundDamage::read(std::int64_t above, std::int64_t below, bool down, const TakeRow &take)
{
    auto statement = m_database.prepare(down ? QByteArray(m_select + " DESC") : m_select);
    if (!statement) {
        return common::failure(statement.error());
    }
    statement->bindAll(above, below);
    std::int64_t last = down ? below : above;
    for (;;) {
        const Result<bool> row = statement->step();
        if (!row) {
            if (!isDamage(row.error())) {
                return common::failure(row.error());
            }
            return std::optional(last);
        }
        if (!*row) {
            return std::optional<std::int64_t>();
        }
        last = statement->integer(0);
        if (const auto taken = take(*statement, last); !taken) {
            return common::failure(taken.error());
        }
    }
}

/// The first row behind a damaged place: looked for at distances that double.
Result<std::optional<std::int64_t>> AroundDamage::firstBehind(std::int64_t id, std::int64_t end)
{
    auto statement = m_database.prepare(
        QByteArray("SELECT id FROM " + m_table + " WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT 1"));
    if (!statement) {
        return common::failure(statement.error());
    }
    for (std::int64_t distance = 1; id + distance < end; distance *= 2) {
        statement->bindAll(id + distance, end);
        const Result<bool> row = statement->step();
        if (row) {
            return *row ? std::optional(statement->integer(0)) : std::nullopt;
        }
        if (!isDamage(row.error())) {
            return common::failure(row.error());
        }
    }
    return std::optional<std::int64_t>();
}

Result<void> AroundDamage::readAll(const TakeRow &take)
{
    const std::int64_t end = highestId() + 1;
    std::int64_t above = -1;
    for (;;) {
        const auto stopped = read(above, end, false, take);
        if (!stopped) {
            return common::failure(stopped.error());
        }
        if (!*stopped) {
            return {};
        }
        m_gaps = true;
        const auto behind = firstBehind(**stopped, end);
        if (!behind) {
            return common::failure(behind.error());
        }
        if (!*behind) {
            return {};
        }
        // The search may have jumped over rows that can be read.
        if (const auto back = read(**stopped, **behind, true, take); !back) {
            return common::failure(back.error());
        }
        above = **behind - 1;
    }
}

} // namespace freerelay::store
