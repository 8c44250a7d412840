#include "cool_down_table.h"

#include <algorithm>

namespace freerelay::quota {

size_t qHash(const CoolDownScope &scope, size_t seed)
{
    return qHashMulti(seed, scope.provider, scope.key, scope.model);
}

void CoolDownTable::bench(
    const CoolDownScope &scope, common::SteadyTime until, CoolDownReason reason, QByteArray detail)
{
    const std::lock_guard lock(m_mutex);
    auto entry = m_entries.find(scope);
    if (entry == m_entries.end()) {
        m_entries.insert(scope, CoolDown{scope, until, reason, std::move(detail)});
    } else if (until > entry->until) {
        *entry = CoolDown{scope, until, reason, std::move(detail)};
    }
}

void CoolDownTable::clear(QByteArrayView provider, QByteArrayView key)
{
    const std::lock_guard lock(m_mutex);
    m_entries.removeIf([&](const std::pair<const CoolDownScope &, CoolDown &> &entry) {
        return entry.first.provider == provider && (key.isEmpty() || entry.first.key == key);
    });
}

std::optional<CoolDown> CoolDownTable::covering(
    const QByteArray &provider,
    const QByteArray &key,
    const QByteArray &model,
    common::SteadyTime now) const
{
    const std::lock_guard lock(m_mutex);
    std::optional<CoolDown> longest;
    if (m_entries.isEmpty()) {
        return longest;
    }
    const CoolDownScope scopes[] = {
        {provider, key, model}, {provider, key, {}}, {provider, {}, model}, {provider, {}, {}}};
    for (const CoolDownScope &scope : scopes) {
        const auto entry = m_entries.constFind(scope);
        if (entry == m_entries.constEnd() || entry->until <= now) {
            continue;
        }
        if (!longest || entry->until > longest->until) {
            longest = *entry;
        }
    }
    return longest;
}

std::vector<CoolDown> CoolDownTable::active(common::SteadyTime now) const
{
    std::vector<CoolDown> result;
    {
        const std::lock_guard lock(m_mutex);
        for (const CoolDown &entry : m_entries) {
            if (entry.until > now) {
                result.push_back(entry);
            }
        }
    }
    std::sort(result.begin(), result.end(), [](const CoolDown &a, const CoolDown &b) {
        return a.until < b.until;
    });
    return result;
}

} // namespace freerelay::quota
