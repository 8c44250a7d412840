#include "request_filter_model.h"

#include "ui/models/request_table_model.h"

#include <algorithm>

namespace freerelay::ui {

RequestFilterModel::RequestFilterModel(QObject *parent)
    : QSortFilterProxyModel(parent)
{ }

void RequestFilterModel::setFilterText(const QString &text)
{
    m_words = text.split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

bool RequestFilterModel::filterAcceptsRow(int sourceRow, const QModelIndex &sourceParent) const
{
    const auto occurs = [&](const QString &word) {
        for (int column = 0; column < RequestTableModel::ColumnCount; ++column) {
            const QModelIndex index = sourceModel()->index(sourceRow, column, sourceParent);
            if (index.data().toString().contains(word, Qt::CaseInsensitive)) {
                return true;
            }
        }
        return false;
    };
    return std::all_of(m_words.begin(), m_words.end(), occurs);
}

} // namespace freerelay::ui
