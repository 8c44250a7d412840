#include "totals_sums.h"

#include <algorithm>
#include <tuple>

namespace freerelay::store {

const QByteArray &TotalsSlice::nameBy(TotalsBy by) const
{
    static const QByteArray none;
    switch (by) {
    case TotalsBy::Nothing:
        break;
    case TotalsBy::Provider:
        return provider;
    case TotalsBy::Model:
        return model;
    case TotalsBy::App:
        return app;
    }
    return none;
}

void TotalsSums::add(const QByteArray &name, std::int64_t bucketStart, const Totals &totals)
{
    const std::size_t index = m_indexes.value({bucketStart, name}, m_rows.size());
    if (index == m_rows.size()) {
        m_indexes.insert({bucketStart, name}, index);
        m_rows.push_back({name, bucketStart, {}});
    }
    m_rows[index].totals += totals;
}

std::vector<TotalsRow> TotalsSums::take()
{
    m_indexes.clear();
    std::vector<TotalsRow> rows = std::exchange(m_rows, {});
    std::sort(rows.begin(), rows.end(), [](const TotalsRow &a, const TotalsRow &b) {
        return std::tie(a.bucketStart, a.name) < std::tie(b.bucketStart, b.name);
    });
    return rows;
}

} // namespace freerelay::store
