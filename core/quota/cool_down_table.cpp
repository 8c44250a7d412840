#include "cool_down_table.h"

#include <algorithm>
#include <array>

namespace freerelay::quota {

size_t qHash(const CoolDownScope &scope, size_t seed)
{
    return qHashMulti(seed, scope.provider, scope.key, scope.model);
}

const char *toString(CoolDownReason reason)
{
    switch (reason) {
    case CoolDownReason::RateLimited:
        return "rate_limited";
    case CoolDownReason::NoCredit:
        return "no_credit";
    case CoolDownReason::KeyRejected:
        return "key_rejected";
    case CoolDownReason::Forbidden:
        return "forbidden";
    case CoolDownReason::ModelGone:
        return "model_gone";
    case CoolDownReason::Unhealthy:
        return "unhealthy";
    }
    return "unknown";
}

bool isStronger(const CoolDown &a, const CoolDown &b)
{
    const bool adviceA = isOnlyAdvice(a.reason);
    const bool adviceB = isOnlyAdvice(b.reason);
    return adviceA == adviceB ? a.until > b.until : adviceB;
}

void CoolDownTable::bench(
    const CoolDownScope &scope, common::SteadyTime until, CoolDownReason reason, QByteArray detail)
{
    const std::lock_guard lock(m_mutex);
    Entries &entries = entriesFor(reason);
    const auto entry = entries.find(scope);
    if (entry != entries.end() && until <= entry->until) {
        return;
    }
    entries.insert(scope, CoolDown{scope, until, reason, std::move(detail)});
    const common::SteadyTime::rep end = until.time_since_epoch().count();
    m_lastEnd.store(std::max(end, m_lastEnd.load()), std::memory_order_release);
}

void CoolDownTable::clear(QByteArrayView provider, QByteArrayView key)
{
    const std::lock_guard lock(m_mutex);
    const auto isMeant = [&](const std::pair<const CoolDownScope &, CoolDown &> &entry) {
        return entry.first.provider == provider && (key.isEmpty() || entry.first.key == key);
    };
    m_entries.removeIf(isMeant);
    m_advice.removeIf(isMeant);
}

void CoolDownTable::skip(common::Duration slept)
{
    const std::lock_guard lock(m_mutex);
    for (Entries *entries : {&m_entries, &m_advice}) {
        for (CoolDown &entry : *entries) {
            entry.until -= slept;
        }
    }
}

void CoolDownTable::forgetAdvice(const CoolDownScope &scope)
{
    const std::lock_guard lock(m_mutex);
    m_advice.remove(scope);
}

std::optional<CoolDown> CoolDownTable::covering(
    const QByteArray &provider,
    const QByteArray &key,
    const QByteArray &model,
    common::SteadyTime now) const
{
    if (!isAnyActive(now)) {
        return std::nullopt;
    }
    const std::array<CoolDownScope, 4> scopes{
        {{provider, key, model}, {provider, key, {}}, {provider, {}, model}, {provider, {}, {}}}};
    const std::lock_guard lock(m_mutex);
    const CoolDown *strongest = nullptr;
    for (const Entries *entries : {&m_entries, &m_advice}) {
        for (const CoolDownScope &scope : scopes) {
            const auto entry = entries->constFind(scope);
            if (entry == entries->constEnd() || entry->until <= now) {
                continue;
            }
            if (strongest == nullptr || isStronger(*entry, *strongest)) {
                strongest = &*entry;
            }
        }
    }
    return strongest == nullptr ? std::nullopt : std::optional(*strongest);
}

std::vector<CoolDown> CoolDownTable::active(common::SteadyTime now) const
{
    std::vector<CoolDown> result;
    if (!isAnyActive(now)) {
        return result;
    }
    {
        const std::lock_guard lock(m_mutex);
        for (const Entries *entries : {&m_entries, &m_advice}) {
            for (const CoolDown &entry : *entries) {
                if (entry.until > now) {
                    result.push_back(entry);
                }
            }
        }
    }
    std::sort(result.begin(), result.end(), [](const CoolDown &a, const CoolDown &b) {
        return a.until < b.until;
    });
    return result;
}

} // namespace freerelay::quota
