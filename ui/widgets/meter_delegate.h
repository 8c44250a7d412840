#pragma once

#include <QStyledItemDelegate>

namespace freerelay::ui {

/// Two lines of text with words at both ends, and below them a bar that shows which share of
/// something is used. Full ones are hatched: the colour is not the only sign. The first words of
/// the first line are the display role.
class MeterDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MeterDelegate)

public:
    /// From here on little is left.
    static constexpr double nearlyFull = 0.8;

    struct Roles
    {
        int firstEnd;
        int second;
        int secondEnd;
        int share; ///< double, 0..1; invalid = no bar
    };

    explicit MeterDelegate(Roles roles, QObject *parent = nullptr);
    ~MeterDelegate() override = default;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index)
        const override;
    [[nodiscard]] QSize
    sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    Roles m_roles;
};

} // namespace freerelay::ui
