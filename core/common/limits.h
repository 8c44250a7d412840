#pragma once

#include <chrono>
#include <cstdint>

namespace freerelay::common {

/// How a peer whose owner cannot be found out is treated (containers, other name spaces).
enum class UnknownPeer : std::uint8_t { Allow, Refuse };

/// Limits (ours) on what one client and all clients together may do.
struct GatewayLimits
{
    int maxConnections = 2'048;
    int maxRequestsInFlight = 512;
    int maxQueuedPerConnection = 32;
    std::int64_t maxBodyBytes = 32LL * 1024 * 1024;
    std::int64_t maxBufferedBytes = 512LL * 1024 * 1024; ///< all request bodies together
    std::chrono::milliseconds headTimeout{10'000};
    std::chrono::milliseconds bodyTimeout{30'000}; ///< between two reads of a body
    std::chrono::milliseconds keepAliveTimeout{75'000};

    bool operator==(const GatewayLimits &) const = default;
};

} // namespace freerelay::common
