#pragma once

#include "core/interfaces/quota_figures.h"

#include <QAbstractListModel>

namespace freerelay::ui {

/// The windows of one provider, a row for each.
class QuotaListModel final : public QAbstractListModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(QuotaListModel)

public:
    /// The model or pool is the display role.
    enum Role {
        WindowRole = Qt::UserRole + 1, ///< "Requests / minute"
        UsedRole, ///< "12 of 30"
        BackRole, ///< "back in 42 s"; "" = nothing is used
        ShareRole, ///< double, used of the limit, 0..1; invalid = not known
        DetailsRole, ///< where the limit comes from, in sentences
    };

    using QAbstractListModel::QAbstractListModel;
    ~QuotaListModel() override = default;

    /// Only what differs is announced: the selection stays while the same windows are shown.
    /// @param now  when the figures were taken
    void setQuota(interfaces::ProviderQuota quota, const QDateTime &now);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    [[nodiscard]] QString toolTip(const interfaces::QuotaWindowFigures &window) const;

    interfaces::ProviderQuota m_quota;
    QDateTime m_now;
};

} // namespace freerelay::ui
