#include "ranked_catalog.h"

#include "core/catalog/endpoint.h"

#include <algorithm>
#include <limits>

namespace freerelay::routing {

namespace {

using catalog::Known;
using catalog::Model;
using catalog::Tier;

/// The lowest of the scale of resources/catalog/quality_priors.yaml.
constexpr double unknownQuality = 0.35;
constexpr RankedCatalog::Position nowhere = std::numeric_limits<RankedCatalog::Position>::max();

bool isPaid(const Endpoint &endpoint, const Model &model)
{
    switch (catalog::tierOf(*endpoint.provider, model)) {
    case Tier::Free:
    case Tier::Local:
        return false;
    case Tier::Trial:
        return !endpoint.trialAsFree;
    case Tier::UnverifiedFree:
    case Tier::Paid:
    case Tier::Subscription:
        return true;
    }
    return true;
}

std::optional<Disqualified> unusable(const Endpoint &endpoint, const Model &model)
{
    if (endpoint.barred) {
        return endpoint.barred;
    }
    if (!model.chat) {
        return Disqualified::NotChat;
    }
    // The one wire of the data that no dialect speaks; routing is below the dialects.
    if (catalog::wireOf(*endpoint.provider, model) == catalog::Wire::OpenAiResponses) {
        return Disqualified::WireNotSpoken;
    }
    return std::nullopt;
}

RankedModel rankedModel(const Endpoint &endpoint, std::uint32_t index, const Model &model)
{
    RankedModel ranked;
    ranked.model = &model;
    ranked.endpoint = index;
    ranked.unusable = unusable(endpoint, model);
    ranked.task = catalog::taskOf(model);
    ranked.paid = isPaid(endpoint, model);
    ranked.local = catalog::tierOf(*endpoint.provider, model) == Tier::Local;
    ranked.deprecated = model.deprecated;
    ranked.refusesTools = model.capabilities.tools == Known::No;
    ranked.refusesVision = model.capabilities.vision == Known::No;
    ranked.refusesJsonSchema = model.capabilities.jsonSchema == Known::No;
    ranked.contextWindow = model.contextWindow.value_or(std::numeric_limits<std::int64_t>::max());
    return ranked;
}

bool isBetter(const RankedModel &a, const RankedModel &b)
{
    if (a.unusable.has_value() != b.unusable.has_value()) {
        return b.unusable.has_value();
    }
    if (a.paid != b.paid) {
        return b.paid;
    }
    const double qualityA = a.model->priorQuality.value_or(unknownQuality);
    const double qualityB = b.model->priorQuality.value_or(unknownQuality);
    if (qualityA != qualityB) {
        return qualityA > qualityB;
    }
    return a.model->contextWindow.value_or(0) > b.model->contextWindow.value_or(0);
}

} // namespace

RankedCatalog::RankedCatalog(
    const catalog::Catalog &catalog, const std::vector<Endpoint> &endpoints)
    : m_catalog(catalog)
    , m_endpointCount(endpoints.size())
    , m_positions(catalog.models().size(), nowhere)
{
    for (std::uint32_t i = 0; i < endpoints.size(); ++i) {
        m_endpoints.insert(endpoints[i].provider->id, i);
    }
    for (const Model &model : catalog.models()) {
        if (const auto endpoint = endpointOf(model.provider)) {
            m_models.push_back(rankedModel(endpoints[*endpoint], *endpoint, model));
        }
    }
    std::stable_sort(m_models.begin(), m_models.end(), isBetter);
    for (std::size_t i = 1; i < m_models.size(); ++i) {
        m_models[i].level = m_models[i - 1].level
            + (isBetter(m_models[i - 1], m_models[i]) ? 1 : 0);
    }
    for (const RankedModel &ranked : m_models) {
        const auto index = static_cast<std::size_t>(ranked.model - catalog.models().data());
        m_positions[index] = static_cast<Position>(&ranked - m_models.data());
        m_usable += ranked.unusable ? 0 : 1;
    }
}

std::optional<RankedCatalog::Position> RankedCatalog::positionOf(const Model &model) const
{
    const auto index = static_cast<std::size_t>(&model - m_catalog.models().data());
    const Position position = index < m_positions.size() ? m_positions[index] : nowhere;
    return position == nowhere ? std::nullopt : std::optional(position);
}

std::optional<std::uint32_t> RankedCatalog::endpointOf(const QByteArray &provider) const
{
    const auto found = m_endpoints.constFind(provider);
    return found == m_endpoints.constEnd() ? std::nullopt : std::optional(*found);
}

} // namespace freerelay::routing
