#pragma once

#include <QSortFilterProxyModel>

namespace freerelay::ui {

/// Keeps the rows in which every word of the filter occurs in some column, whatever its case.
class RequestFilterModel final : public QSortFilterProxyModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RequestFilterModel)

public:
    explicit RequestFilterModel(QObject *parent = nullptr);
    ~RequestFilterModel() override = default;

    void setFilterText(const QString &text);

protected:
    [[nodiscard]] bool
    filterAcceptsRow(int sourceRow, const QModelIndex &sourceParent) const override;

private:
    QStringList m_words;
};

} // namespace freerelay::ui
