#pragma once

#include "core/catalog/catalog.h"
#include "core/routing/ranked_catalog.h"

#include <memory>
#include <utility>
#include <vector>

namespace freerelay::tests {

inline catalog::Provider aProvider(QByteArray id, catalog::Tier tier = catalog::Tier::Free)
{
    catalog::Provider provider;
    provider.id = id;
    provider.name = id.left(1).toUpper() + id.mid(1);
    provider.tier = tier;
    provider.baseUrl = "https://" + id + ".example/v1";
    provider.chatPath = "/chat/completions";
    provider.authHeader = "Authorization";
    provider.authScheme = "Bearer";
    return provider;
}

/// `id` is "provider/name".
inline catalog::Model aModel(const QByteArray &id, catalog::Tier tier = catalog::Tier::Free)
{
    catalog::Model model;
    model.id = id;
    model.provider = id.left(id.indexOf('/'));
    model.name = id.mid(id.indexOf('/') + 1);
    model.tier = tier;
    return model;
}

inline catalog::Model withQuality(catalog::Model model, double quality)
{
    model.priorQuality = quality;
    return model;
}

/// A catalogue with an endpoint for each of its providers, and everything plan() reads.
struct SampleRouting
{
    SampleRouting(std::vector<catalog::Provider> providers, std::vector<catalog::Model> models)
        : catalog(std::make_shared<catalog::Catalog>(
            std::move(providers), std::move(models), std::vector<catalog::Alias>{}))
    {
        for (const catalog::Provider &provider : catalog->providers()) {
            endpoints.push_back({&provider, {provider.id + "-key"}, std::nullopt, false});
        }
    }

    routing::Endpoint &endpoint(const QByteArray &provider)
    {
        for (routing::Endpoint &candidate : endpoints) {
            if (candidate.provider->id == provider) {
                return candidate;
            }
        }
        return endpoints.front();
    }

    /// Ranks anew: endpoints may have been changed.
    common::Result<routing::RoutePlan> plan(
        const QByteArray &name,
        common::Mode mode = common::Mode::Auto,
        const routing::Requirements &needs = {},
        common::SteadyTime now = {})
    {
        ranked = std::make_unique<routing::RankedCatalog>(*catalog, endpoints);
        return routing::plan(
            {catalog.get(), &endpoints, ranked.get(), &coolDowns, allowPaidInAuto, quotas, unwell},
            mode,
            name,
            needs,
            now);
    }

    std::shared_ptr<const catalog::Catalog> catalog;
    std::vector<routing::Endpoint> endpoints;
    std::unique_ptr<routing::RankedCatalog> ranked;
    quota::CoolDownTable coolDowns;
    std::vector<quota::QuotaConstraint> quotas;
    std::vector<health::UnwellTarget> unwell;
    bool allowPaidInAuto = true;
};

} // namespace freerelay::tests
