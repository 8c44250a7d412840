#include "active_rests.h"

#include <array>

namespace freerelay::routing {

using quota::CoolDown;

namespace {

constexpr int none = -1;

} // namespace

ActiveRests::ActiveRests(
    const quota::CoolDownTable &table,
    std::span<const health::UnwellTarget> unwell,
    const catalog::Catalog &catalog,
    const RankedCatalog &ranked,
    common::SteadyTime now)
    : m_active(table.active(now))
{
    for (const health::UnwellTarget &target : unwell) {
        m_active.push_back(
            {{target.provider, target.key, target.model},
             target.until,
             quota::CoolDownReason::Unhealthy,
             {}});
    }
    if (m_active.empty()) {
        return;
    }
    m_links.reserve(m_active.size());
    m_ofModel.assign(ranked.models().size(), none);
    m_ofEndpoint.assign(ranked.endpointCount(), none);
    for (const CoolDown &coolDown : m_active) {
        if (coolDown.scope.model.isEmpty()) {
            if (const auto endpoint = ranked.endpointOf(coolDown.scope.provider)) {
                add(m_ofEndpoint, *endpoint, coolDown);
            }
        } else if (const catalog::Model *model = catalog.model(coolDown.scope.model)) {
            if (const auto position = ranked.positionOf(*model)) {
                add(m_ofModel, *position, coolDown);
            }
        }
    }
}

void ActiveRests::add(std::vector<int> &heads, std::size_t place, const CoolDown &coolDown)
{
    m_links.push_back({&coolDown, heads[place]});
    heads[place] = static_cast<int>(m_links.size()) - 1;
}

const CoolDown *ActiveRests::covering(
    RankedCatalog::Position position, const RankedModel &model, const QByteArray &key) const
{
    const CoolDown *strongest = nullptr;
    if (m_active.empty()) {
        return strongest;
    }
    for (int link : std::array{m_ofModel[position], m_ofEndpoint[model.endpoint]}) {
        for (; link != none; link = m_links[static_cast<std::size_t>(link)].next) {
            const CoolDown &rest = *m_links[static_cast<std::size_t>(link)].coolDown;
            const bool covers = rest.scope.key.isEmpty() || rest.scope.key == key;
            if (covers && (strongest == nullptr || quota::isStronger(rest, *strongest))) {
                strongest = &rest;
            }
        }
    }
    return strongest;
}

} // namespace freerelay::routing
