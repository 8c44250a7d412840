#pragma once

#include "core/health/health_view.h"
#include "core/quota/cool_down_table.h"
#include "core/routing/ranked_catalog.h"

#include <span>
#include <vector>

namespace freerelay::routing {

/// The cool-downs of one moment, by what they cover, and what should be avoided for its health as
/// an advice. Read once for each plan: the table's lock is taken once, and not at all when nothing
/// rests.
class ActiveRests
{
public:
    ActiveRests(
        const quota::CoolDownTable &table,
        std::span<const health::UnwellTarget> unwell,
        const catalog::Catalog &catalog,
        const RankedCatalog &ranked,
        common::SteadyTime now);

    /// The strongest that covers the model with the key; null = it may be used.
    [[nodiscard]] const quota::CoolDown *covering(
        RankedCatalog::Position position, const RankedModel &model, const QByteArray &key) const;

private:
    /// Of a chain of cool-downs that cover the same model or endpoint.
    struct Link
    {
        const quota::CoolDown *coolDown;
        int next; ///< index into m_links, -1 = the last
    };

    void add(std::vector<int> &heads, std::size_t place, const quota::CoolDown &coolDown);

    std::vector<quota::CoolDown> m_active;
    std::vector<Link> m_links;
    std::vector<int> m_ofModel; ///< first link by position; empty when nothing rests
    std::vector<int> m_ofEndpoint;
};

} // namespace freerelay::routing
