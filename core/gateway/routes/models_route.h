#pragma once

#include "core/common/clock.h"
#include "core/gateway/http_types.h"
#include "core/relay/worker_relay.h"

#include <memory>

namespace freerelay::gateway {

/// GET /v1/models, GET /v1/models/{id} and GET /health. One worker thread.
class ModelsRoute
{
public:
    ModelsRoute(
        relay::WorkerRelay &relay,
        const quota::CoolDownTable &coolDowns,
        const common::Clock &clock)
        : m_relay(relay)
        , m_coolDowns(coolDowns)
        , m_clock(clock)
    { }

    /// `?all=true` lists the whole catalogue.
    void list(const HttpRequest &request, relay::Downstream &downstream);
    /// @param id  what follows /v1/models/; may hold slashes
    void one(QByteArrayView id, relay::Downstream &downstream);
    /// Live (this answers) and ready (a request would find a candidate), and every configured
    /// provider's state. Tells no secrets: it needs no key.
    void health(relay::Downstream &downstream);

private:
    relay::WorkerRelay &m_relay;
    const quota::CoolDownTable &m_coolDowns;
    const common::Clock &m_clock;
};

} // namespace freerelay::gateway
