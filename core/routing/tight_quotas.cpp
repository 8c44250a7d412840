#include "tight_quotas.h"

#include "core/quota/quota_ledger.h"

#include <tuple>

namespace freerelay::routing {

using quota::QuotaConstraint;

TightQuotas::TightQuotas(std::span<const QuotaConstraint> constraints, const RankedCatalog &ranked)
{
    for (const QuotaConstraint &constraint : constraints) {
        const auto endpoint = ranked.endpointOf(constraint.pool.provider);
        if (!endpoint || constraint.fit == quota::Fit::Room) {
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
        if (worse && quota::isCountedIn(constraint->pool, target)) {
            worst = constraint;
        }
    }
    return worst;
}

} // namespace freerelay::routing
