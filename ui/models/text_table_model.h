#pragma once

#include <QAbstractTableModel>
#include <QStringList>

#include <vector>

namespace freerelay::ui {

/// Rows of texts under fixed names of columns, for small tables that are read as a whole.
class TextTableModel final : public QAbstractTableModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TextTableModel)

public:
    explicit TextTableModel(QStringList columns, QObject *parent = nullptr);
    ~TextTableModel() override = default;

    /// Each with a text for every column. Equal ones are not announced, and as many with other
    /// texts keep the selection.
    void setRows(std::vector<QStringList> rows);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant
    headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QStringList m_columns;
    std::vector<QStringList> m_rows;
};

} // namespace freerelay::ui
