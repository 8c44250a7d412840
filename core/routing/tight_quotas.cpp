#include "tight_quotas.h"

#include "core/quota/quota_ledger.h"

#include <algorithm>
#include <tuple>

namespace freerelay::routing {

using quota::QuotaConstraint;

TightQuotas::TightQuotas(std::span<const QuotaConstraint> constraints, const RankedCatalog &ranked)
{
    for (const QuotaConstraint &constraint : constraints) {
        const auto endpoint = ranked.endpointOf(constraint.pool.provider);
        if (!endpoint || (constraint.fit == quota::Fit::Room && !constraint.runsLow)) {
            continue;
        }
        m_ofEndpoint.resize(ranked.endpointCount());
        m_ofEndpoint[*endpoint].push_back(&constraint);
    }
}

const QuotaConstraint *TightQuotas::covering(
    const catalog::Provider &provider, const RankedModel &model, const QByteArray &key) const
{
    const QuotaConstraint *worst = nullptr;
    if (m_ofEndpoint.empty()) {
        return worst;
    }
    const quota::QuotaTarget target{provider, *model.model, key};
    for (const QuotaConstraint *constraint : m_ofEndpoint[model.endpoint]) {
        const bool worse = worst == nullptr
            || std::tie(constraint->fit, constraint->until) > std::tie(worst->fit, worst->until);
        if (constraint->fit != quota::Fit::Room && worse
            && quota::isCountedIn(constraint->pool, target)) {
            worst = constraint;
        }
    }
    return worst;
}

bool TightQuotas::runsLow(
    const catalog::Provider &provider, const RankedModel &model, const QByteArray &key) const
{
    if (m_ofEndpoint.empty()) {
        return false;
    }
    const quota::QuotaTarget target{provider, *model.model, key};
    const std::vector<const QuotaConstraint *> &ofEndpoint = m_ofEndpoint[model.endpoint];
    return std::any_of(
        ofEndpoint.begin(), ofEndpoint.end(), [&target](const QuotaConstraint *constraint) {
            return constraint->runsLow && quota::isCountedIn(constraint->pool, target);
        });
}

} // namespace freerelay::routing
