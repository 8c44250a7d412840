#include "provider_list_model.h"

#include "ui/theme/icons.h"
#include "ui/widgets/typography.h"

#include <algorithm>
#include <tuple>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using interfaces::KeyState;
using interfaces::ProviderRow;

namespace {

int rank(const ProviderRow &row)
{
    const bool local = row.tier == "local"_L1;
    if (row.keyless && !local) {
        return 0;
    }
    if (!row.keys.empty() || row.state == KeyState::Ready) {
        return 1;
    }
    if (local) {
        return 2;
    }
    if (row.tier == "free"_L1) {
        return 3;
    }
    return row.tier == "trial"_L1 ? 4 : 5;
}

// The gateway's sentence where it knows more than the state itself says.
QString orReason(const ProviderRow &row, const QString &words)
{
    return row.stateText.isEmpty() ? words : asSentence(row.stateText);
}

bool sameKeys(const ProviderRow &a, const ProviderRow &b)
{
    const auto same = [](const interfaces::KeyRow &x, const interfaces::KeyRow &y) {
        return x.fingerprint == y.fingerprint && x.masked == y.masked
            && x.sourceName == y.sourceName && x.removable == y.removable;
    };
    return std::equal(a.keys.begin(), a.keys.end(), b.keys.begin(), b.keys.end(), same);
}

bool sameRow(const ProviderRow &a, const ProviderRow &b)
{
    const auto facts = [](const ProviderRow &row) {
        return std::tie(row.name, row.tier, row.state, row.stateText, row.models, row.terms);
    };
    return facts(a) == facts(b) && sameKeys(a, b);
}

} // namespace

ProviderListModel::ProviderListModel(QObject *parent)
    : QAbstractListModel(parent)
{ }

void ProviderListModel::setRows(std::vector<ProviderRow> rows)
{
    std::stable_sort(rows.begin(), rows.end(), [](const ProviderRow &a, const ProviderRow &b) {
        const int first = rank(a);
        const int second = rank(b);
        return first != second ? first < second : a.name.localeAwareCompare(b.name) < 0;
    });
    const bool sameOrder = std::equal(
        rows.begin(), rows.end(), m_rows.begin(), m_rows.end(), [](const auto &a, const auto &b) {
            return a.id == b.id;
        });
    if (!sameOrder) {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
        return;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool differs = !sameRow(rows[i], m_rows[i]);
        m_rows[i] = std::move(rows[i]);
        if (differs) {
            const QModelIndex changed = index(static_cast<int>(i));
            Q_EMIT dataChanged(changed, changed);
        }
    }
}

const ProviderRow *ProviderListModel::row(const QByteArray &id) const
{
    const QModelIndex found = indexOf(id);
    return found.isValid() ? &m_rows[static_cast<std::size_t>(found.row())] : nullptr;
}

QModelIndex ProviderListModel::indexOf(const QByteArray &id) const
{
    const auto found = std::find_if(
        m_rows.begin(), m_rows.end(), [&id](const ProviderRow &row) { return row.id == id; });
    return found == m_rows.end() ? QModelIndex()
                                 : index(static_cast<int>(std::distance(m_rows.begin(), found)));
}

int ProviderListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant ProviderListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const ProviderRow &row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return row.name;
    case Qt::DecorationRole:
        return lineIcon(stateIconName(row.state), stateTone(row.state));
    case Qt::ToolTipRole:
    case StateTextRole:
        return stateWords(row);
    case Qt::AccessibleTextRole:
        return tr("%1, %2", "provider, state").arg(row.name, stateWords(row));
    case IdRole:
        return row.id;
    case SearchRole:
        return QStringList{
            row.name, QString::fromUtf8(row.id), stateWords(row), tierWords(row.tier)}
            .join(u'\n');
    default:
        return {};
    }
}

QString ProviderListModel::stateWords(const ProviderRow &row)
{
    switch (row.state) {
    case KeyState::NoKey:
        return tr("Needs a key");
    case KeyState::Keyless:
        return tr("Ready, no key needed");
    case KeyState::ConsentNeeded:
        return tr("Needs no key, only your consent");
    case KeyState::Ready:
        return tr("Ready");
    case KeyState::CoolingDown:
        return orReason(row, tr("Waiting for its limit to reset"));
    case KeyState::Rejected:
        return orReason(row, tr("The provider refused the key"));
    case KeyState::KeychainLocked:
        return orReason(row, tr("The keychain is locked"));
    case KeyState::Disabled:
        return orReason(row, tr("Switched off"));
    }
    return {};
}

QString ProviderListModel::stateIconName(KeyState state)
{
    switch (state) {
    case KeyState::NoKey:
        return u"state-none"_s;
    case KeyState::Keyless:
    case KeyState::Ready:
        return u"state-good"_s;
    case KeyState::ConsentNeeded:
        return u"state-ask"_s;
    case KeyState::CoolingDown:
        return u"state-wait"_s;
    case KeyState::Rejected:
        return u"state-bad"_s;
    case KeyState::KeychainLocked:
        return u"state-locked"_s;
    case KeyState::Disabled:
        return u"state-off"_s;
    }
    return {};
}

Tone ProviderListModel::stateTone(KeyState state)
{
    switch (state) {
    case KeyState::Keyless:
    case KeyState::Ready:
        return Tone::Good;
    case KeyState::ConsentNeeded:
        return Tone::Info;
    case KeyState::CoolingDown:
    case KeyState::KeychainLocked:
        return Tone::Warning;
    case KeyState::Rejected:
        return Tone::Bad;
    case KeyState::NoKey:
    case KeyState::Disabled:
        return Tone::Neutral;
    }
    return Tone::Neutral;
}

QString ProviderListModel::tierWords(const QString &tier)
{
    if (tier == "free"_L1) {
        return tr("Free tier");
    }
    if (tier == "trial"_L1) {
        return tr("Trial credit");
    }
    if (tier == "paid"_L1) {
        return tr("Paid");
    }
    if (tier == "subscription"_L1) {
        return tr("Subscription");
    }
    if (tier == "local"_L1) {
        return tr("On this computer");
    }
    return tier.startsWith("unverified"_L1) ? tr("Free tier, not verified yet") : tier;
}

} // namespace freerelay::ui
