#pragma once

#include "core/store/record_queries.h"

#include <QByteArray>
#include <QHash>

#include <cstdint>
#include <utility>
#include <vector>

namespace freerelay::store {

/// A row of `totals`.
struct TotalsSlice
{
    std::int64_t bucketStart = 0; ///< seconds since 1970
    QByteArray provider;
    QByteArray model;
    QByteArray app;
    Totals totals;

    [[nodiscard]] const QByteArray &nameBy(TotalsBy by) const;
};

/// Adds up totals by the step of time and the name they belong to. One thread.
class TotalsSums
{
public:
    void add(const QByteArray &name, std::int64_t bucketStart, const Totals &totals);
    /// In the order of time, then of names. Forgets them.
    [[nodiscard]] std::vector<TotalsRow> take();

private:
    using Key = std::pair<std::int64_t, QByteArray>; ///< start of the step, name

    std::vector<TotalsRow> m_rows;
    QHash<Key, std::size_t> m_indexes; ///< into m_rows
};

} // namespace freerelay::store
