#pragma once

#include <QStyledItemDelegate>

namespace freerelay::ui {

/// An icon, a name, and below it a second line in the secondary colour.
class TwoLineDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TwoLineDelegate)

public:
    /// @param secondLineRole  model role that holds the second line (QString)
    TwoLineDelegate(int secondLineRole, QObject *parent);
    ~TwoLineDelegate() override = default;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index)
        const override;
    [[nodiscard]] QSize
    sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    int m_secondLineRole;
};

} // namespace freerelay::ui
