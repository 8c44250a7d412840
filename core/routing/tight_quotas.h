#pragma once

#include "core/quota/quota_view.h"
#include "core/routing/ranked_catalog.h"

#include <span>
#include <vector>

namespace freerelay::routing {

/// The quotas of one moment that have no room or run low, by the endpoints that use them. Made once
/// for each plan; costs nothing when there is none.
class TightQuotas
{
public:
    /// @param constraints  outlive this object
    TightQuotas(std::span<const quota::QuotaConstraint> constraints, const RankedCatalog &ranked);

    /// The one that holds a request to the model with this key up longest; null = there is room.
    [[nodiscard]] const quota::QuotaConstraint *covering(
        const catalog::Provider &provider, const RankedModel &model, const QByteArray &key) const;
    /// Whether what is left for the model with this key is little.
    [[nodiscard]] bool runsLow(
        const catalog::Provider &provider, const RankedModel &model, const QByteArray &key) const;

private:
    std::vector<std::vector<const quota::QuotaConstraint *>> m_ofEndpoint; ///< empty = none
};

} // namespace freerelay::routing
