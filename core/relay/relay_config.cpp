#include "relay_config.h"

#include <algorithm>

namespace freerelay::relay {

void RelayConfig::rank()
{
    ranked = std::make_shared<const routing::RankedCatalog>(*catalog, endpoints);
}

const keys::Key *RelayConfig::key(QByteArrayView provider, QByteArrayView fingerprint) const
{
    if (fingerprint.isEmpty()) {
        return nullptr;
    }
    for (const keys::Key &candidate : keys->keysFor(provider)) {
        if (candidate.fingerprint == fingerprint) {
            return &candidate;
        }
    }
    return nullptr;
}

std::chrono::milliseconds deadlineOf(const RelayRequest &request, const RelayConfig &config)
{
    return std::min(request.deadline.value_or(config.requestDeadline), config.requestDeadline);
}

routing::RoutingSnapshot RelayConfig::routingSnapshot(const quota::CoolDownTable &coolDowns) const
{
    return {catalog.get(), &endpoints, ranked.get(), &coolDowns, allowPaidInAuto};
}

} // namespace freerelay::relay
