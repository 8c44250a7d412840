#include "quota_list_model.h"

#include "ui/widgets/quota_words.h"

#include <algorithm>

namespace freerelay::ui {

using interfaces::ProviderQuota;
using interfaces::QuotaWindowFigures;

namespace {

bool isSameWindow(const QuotaWindowFigures &a, const QuotaWindowFigures &b)
{
    return a.key == b.key && a.subject == b.subject && a.shared == b.shared && a.window == b.window;
}

QVariant shareOf(const QuotaWindowFigures &window)
{
    if (window.blocked) {
        return 1.0;
    }
    if (!window.limit) {
        return {};
    }
    const double limit = double(std::max<qint64>(*window.limit, 1));
    return std::clamp(1 - double(window.remaining.value_or(0)) / limit, 0.0, 1.0);
}

} // namespace

void QuotaListModel::setQuota(ProviderQuota quota, const QDateTime &now)
{
    const bool same = quota.id == m_quota.id
        && std::equal(quota.windows.begin(),
                      quota.windows.end(),
                      m_quota.windows.begin(),
                      m_quota.windows.end(),
                      isSameWindow);
    if (same) {
        m_quota = std::move(quota);
        m_now = now;
        if (rowCount() > 0) {
            Q_EMIT dataChanged(index(0), index(rowCount() - 1));
        }
        return;
    }
    beginResetModel();
    m_quota = std::move(quota);
    m_now = now;
    endResetModel();
}

int QuotaListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_quota.windows.size());
}

QString QuotaListModel::toolTip(const QuotaWindowFigures &window) const
{
    const QString details = QuotaWords::details(window, m_now);
    return window.key.isEmpty()
        ? details
        : tr("%1\nKey %2", "sentences, fingerprint").arg(details, window.key);
}

QVariant QuotaListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const QuotaWindowFigures &window = m_quota.windows.at(std::size_t(index.row()));
    const QString subject = QuotaWords::subject(window, m_quota.id);
    switch (role) {
    case Qt::DisplayRole:
        return subject;
    case WindowRole:
        return QuotaWords::window(window);
    case UsedRole:
        return QuotaWords::used(window);
    case BackRole:
        return QuotaWords::back(window, m_now);
    case ShareRole:
        return shareOf(window);
    case Qt::AccessibleTextRole:
        return tr("%1, %2: %3, %4", "model, window of time, used of limit, time until it is back")
            .arg(
                subject,
                QuotaWords::window(window),
                QuotaWords::used(window),
                QuotaWords::back(window, m_now));
    case Qt::ToolTipRole:
        return toolTip(window);
    case Qt::AccessibleDescriptionRole:
    case DetailsRole:
        return QuotaWords::details(window, m_now);
    default:
        return {};
    }
}

} // namespace freerelay::ui
