#pragma once

#include "core/routing/route_plan.h"

#include <QByteArray>
#include <QHash>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace freerelay::routing {

/// One model with what decisions read of it, close together in memory.
struct RankedModel
{
    const catalog::Model *model = nullptr;
    std::uint32_t endpoint = 0; ///< index into the endpoints
    std::uint32_t level = 0; ///< the same for models that are equally good
    /// What is amiss whatever is asked: a barred provider, no chat, an unspoken wire.
    std::optional<Disqualified> unusable{};
    catalog::Task task = catalog::Task::Chat;
    bool paid = false;
    bool local = false; ///< a server on this computer: the last resort among what is free
    bool deprecated = false;
    bool refusesTools = false;
    bool refusesVision = false;
    bool refusesJsonSchema = false;
    std::int64_t contextWindow = 0; ///< tokens; the largest number when it is not known
};

/// The part of plan() that depends on no request: all models of the endpoints, best first. Built
/// once for each catalogue, key and settings snapshot. Immutable; any thread.
///
/// The usable ones come first, in the order free before paid, quality, window, catalogue order.
class RankedCatalog
{
public:
    /// A position in models().
    using Position = std::uint32_t;

    /// @param catalog    outlives this object
    /// @param endpoints  at most one for each provider; only looked at here
    RankedCatalog(const catalog::Catalog &catalog, const std::vector<Endpoint> &endpoints);

    [[nodiscard]] std::span<const RankedModel> models() const { return m_models; }
    /// Those without `unusable`.
    [[nodiscard]] std::span<const RankedModel> usable() const
    {
        return std::span(m_models).first(m_usable);
    }
    /// nullopt when the provider has no endpoint. @param model  one of the catalogue's
    [[nodiscard]] std::optional<Position> positionOf(const catalog::Model &model) const;
    /// Index of the provider's endpoint; nullopt when it has none.
    [[nodiscard]] std::optional<std::uint32_t> endpointOf(const QByteArray &provider) const;
    [[nodiscard]] std::size_t endpointCount() const { return m_endpointCount; }

private:
    const catalog::Catalog &m_catalog;
    std::size_t m_endpointCount;
    QHash<QByteArray, std::uint32_t> m_endpoints; ///< by provider id
    std::vector<RankedModel> m_models;
    std::size_t m_usable = 0;
    std::vector<Position> m_positions; ///< by index into the catalogue's models
};

} // namespace freerelay::routing
