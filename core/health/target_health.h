#pragma once

#include "core/health/concurrency_limit.h"
#include "core/health/health_view.h"
#include "core/health/latency_digest.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <vector>

namespace freerelay::health {

struct ProviderHealth;

/// What is known of one model with one key. Guarded by its table.
struct TargetHealth
{
    QByteArray key; ///< fingerprint
    QByteArray model;
    ProviderHealth *provider = nullptr;
    std::uint32_t source = 0; ///< its number among the targets of the provider
    bool isLocal = false; ///< never refused: there is nobody else's machine to spare
    CircuitBreaker breaker;
    ConcurrencyLimit concurrency;
    LatencyDigest ttft;
    LatencyDigest gap;
    std::vector<Degradation> degraded;
    std::optional<CallFailure> lastFailure;
    std::uint64_t answered = 0; ///< calls, since the program began
    std::uint64_t failed = 0;
};

/// What is known of all targets of one provider together. Guarded by its table.
struct ProviderHealth
{
    QByteArray id;
    CircuitBreaker breaker;
    std::vector<TargetHealth *> targets;
};

} // namespace freerelay::health
